// The model of a page, by its kind.
import { compiled } from "./compiled.js";
import { trained } from "./trained.js";
import { unpack } from "./tensors.js";

const KINDS = { compiled, trained };

// {contents, subject}: all that Python wrote but the weights, and what can be run.
export async function openSubject({ packed }) {
  const { contents, tensors } = await unpack(packed);
  return { contents, subject: KINDS[contents.subject.kind](contents.subject, tensors) };
}

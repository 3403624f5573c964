// The model of a page, by its kind.
import { compiled } from "./compiled.js";
import { trained } from "./trained.js";
import { unpack } from "./tensors.js";

const KINDS = { compiled, trained };

// {contents, subject}: all that Python wrote but the weights, and what can be run: subject.answer(input, options), and then
// subject.draw(options) of the same run; subject.run does both. What `answer` gives says how many ms it `took`.
export async function openSubject({ packed }) {
  const { contents, tensors } = await unpack(packed);
  const subject = KINDS[contents.subject.kind](contents.subject, tensors);
  return { contents, subject: { ...subject, answer: timed(subject.answer), run: (input, options) => ({ ...subject.answer(input, options), data: subject.draw(options) }) } };
}

const timed = act => (...given) => {
  const started = performance.now(), found = act(...given);
  return { ...found, took: performance.now() - started };
};

// The model of a page, by its kind.
import { compiled } from "./compiled.js";
import { readTensors, unpack } from "./tensors.js";

const KINDS = { compiled };

export const openSubject = async page => KINDS[page.subject.kind](page.subject, readTensors(await unpack(page.weights)));

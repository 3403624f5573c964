// Tensors of a safetensors file, as typed arrays.
import { Refused } from "./refused.js";

const KINDS = { F32: Float32Array, F64: Float64Array };

// bytes: an ArrayBuffer -> Map of name -> {shape, values}, values a Float32Array or a Float64Array.
function readTensors(bytes) {
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  const found = new Map();
  for (const [name, { dtype, shape, data_offsets: [first, last] }] of Object.entries(header).filter(([name]) => name !== "__metadata__")) {
    if (!Object.hasOwn(KINDS, dtype)) throw new Refused(`Tensor ‘${name}’ holds ${dtype}, and this page computes in float32 and float64 only.`);
    found.set(name, { shape, values: new KINDS[dtype](bytes.slice(8 + length + first, 8 + length + last)) });
  }
  return found;
}

// What logdepth/explore/contents.py packed: {contents, tensors}.
export async function unpack(text) {
  const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")), bytes = await new Response(stream).arrayBuffer();
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  return { contents: JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length))), tensors: readTensors(bytes.slice(8 + length)) };
}

// Digests of residual streams, by which runs here are compared with those of the library (logdepth/explore/reference.py).
import { nearest } from "./arithmetic.js";

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xEDB88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});

// CRC-32 of some bytes, after those of which `before` is the CRC-32; as zlib computes it.
function crc32(bytes, before = 0) {
  let crc = ~before;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const bytesOf = numbers => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

// Of a stream, column after column: of the numbers to the last bit (0 and -0 are one), and of the nearest integers.
export function digestOf(stream) {
  let bits = 0, integers = 0;
  for (const column of stream) {
    bits = crc32(bytesOf(column.map(value => value + 0)), bits);
    integers = crc32(bytesOf(Float64Array.from(column, nearest)), integers);
  }
  return { bits, integers };
}

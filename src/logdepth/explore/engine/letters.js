// How letters, numbers and names are shown: text, whatever they are, with nothing in it that acts on what stands around it.

const VISIBLE = new Map([["\n", "↵"], [" ", "␣"]]), SHORT = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);
const CONTROL = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

// Control characters, line ends and marks of direction as Python writes them: \x1b, \u202e.
export function escape(text) {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(CONTROL, letter => {
    const code = letter.codePointAt(0), hex = digits => code.toString(16).padStart(digits, "0");
    return SHORT.get(letter) || (code < 256 ? `\\x${hex(2)}` : code < 65536 ? `\\u${hex(4)}` : `\\U${hex(8)}`);
  });
}

// The same JSON value, its texts without control characters.
export function plain(value) {
  if (typeof value === "string") return escape(value);
  if (Array.isArray(value)) return value.every(entry => typeof entry === "number") ? value : value.map(plain);
  return value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [escape(key), plain(entry)])) : value;
}

// A letter in a cell; null is no letter.
export const show = letter => letter === null ? "∅" : VISIBLE.get(letter) || letter;

// A letter or a name in a sentence.
export const quote = text => escape(show(String(text)));

// A number with four digits, as Python's .4g writes it.
export function inFourDigits(value) {
  if (value === 0) return "0";
  const [digits, power] = value.toExponential(3).split("e"), plain = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  if (Number(power) >= -4 && Number(power) < 4) return String(Number(value.toPrecision(4)));
  return `${plain}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

// The shortest decimal that a float of this format is written as.
export function shortest(value, Numbers) {
  if (Numbers === Float64Array) return value;
  for (let digits = 1; digits < 9; digits++) {
    const written = Number(value.toPrecision(digits));
    if (Math.fround(written) === value) return written;
  }
  return Number(value.toPrecision(9));
}

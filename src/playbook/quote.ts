// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/** A foreign text for the middle of a sentence: one line, nothing that a terminal or chat obeys, cut to `longest`. */
export function quote(text: string, longest: number): string {
  const plain = text.replace(CONTROL, ' ').trim();
  return `“${plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain}”`;
}

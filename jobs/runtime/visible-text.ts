/** What a terminal does not show but obeys: control characters but line break and tab, and those that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseen = /\u001b\[(?:1|22)m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text for a terminal: names and data may hold what moves the cursor, hides or recolours lines. Each such character becomes
 * what JSON writes for it (`\u001b`); bold, which nightshift itself writes, stays.
 */
export function visibleText(text: string): string {
  return text.replaceAll(unseen, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

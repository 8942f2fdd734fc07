/** A mail to an owner in a hurry, who reads it on a phone. */
export type Alert = { readonly subject: string; readonly text: string };

const longestSubject = 120;

/** Paragraphs become text with an empty line between them; empty ones are left out. */
export function createAlert(subject: string, paragraphs: readonly (readonly string[])[]): Alert {
  const text = paragraphs.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return { subject: oneLine(`nightshift: ${subject}`).slice(0, longestSubject), text: `${text.join('\n\n')}\n` };
}

/** Without line breaks and other control characters, which could begin a header of the mail. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

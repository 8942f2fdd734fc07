/** One word for sh(1) that stands for exactly this text; a word of plain characters stays as it is. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Words as a person would type them in a POSIX shell, one space between. */
export function quoteWords(texts: readonly string[]): string {
  return texts.map(quoteWord).join(' ');
}

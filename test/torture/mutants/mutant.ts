/** One careful fault in the code, and the tests that must notice it. */
export type Mutant = {
  /** What is wrong then, in words of a user. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files, from the root. */
  readonly tests: readonly string[];
  /** Why nobody could notice it. It is listed, and not tried. */
  readonly equivalent?: string;
};

/** The file's text with the fault in it. Throws when the text to replace does not occur exactly once. */
export function withFault({ name, file, find, replace }: Mutant, text: string): string {
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`"${name}": its text occurs ${found} times in ${file}, and must occur once.`);
  return text.replace(find, () => replace);
}

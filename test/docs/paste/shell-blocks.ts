import { anchorsOf, markdownFiles } from '../markdown.ts';

/** A block of a document that a reader pastes into a shell. */
export type ShellBlock = {
  /** `README.md#try-it`; of several below one heading `README.md#try-it 2`. */
  readonly id: string;
  readonly text: string;
};

/** Every one of the READMEs and CONTRIBUTING, in their order. */
export function shellBlocks(): ShellBlock[] {
  const files = markdownFiles().filter(({ file }) => /(README|CONTRIBUTING)\.md$/.test(file));
  return files.flatMap(({ file, text }) => {
    const blocks: ShellBlock[] = [];
    const headings: string[] = [];
    for (const [, language, body = '', heading] of text.matchAll(/^ *```(\w*)\n(.*?)^ *```$|^#+ ([^\n]+)$/gms)) {
      if (heading !== undefined) headings.push(heading);
      if (language !== 'sh' && language !== 'console') continue;
      const place = `${file}#${anchorsOf(headings).at(-1)}`;
      const same = blocks.filter(({ id }) => id.replace(/ \d+$/, '') === place).length;
      blocks.push({ id: same === 0 ? place : `${place} ${same + 1}`, text: language === 'sh' ? body : typedIn(body) });
    }
    return blocks;
  });
}

/** The lines of a `console` block that are typed, without what is printed. */
function typedIn(body: string): string {
  return body
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => `${line.slice(2)}\n`)
    .join('');
}

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..', '..');

/** A Markdown file of the repository, taken apart as far as the checks need it. */
export type Markdown = {
  /** Path from the root. */
  readonly file: string;
  readonly text: string;
  /** Lines of `sh` and `console` blocks, without prompts, comments and output. */
  readonly commandLines: readonly string[];
  /** Texts in backticks outside blocks. */
  readonly spans: readonly string[];
  /** Texts of headings, as written. */
  readonly headings: readonly string[];
  /** Targets of links and pictures, as written. */
  readonly links: readonly string[];
};

/** Every Markdown file that people read, in the order of their paths. */
export function markdownFiles(): Markdown[] {
  return globSync(['*.md', '.github/**/*.md', '{infra,jobs,test}/**/*.md'], { cwd: root })
    .toSorted()
    .map((file) => parseMarkdown(file, readFileSync(path.join(root, file), 'utf8')));
}

export function parseMarkdown(file: string, text: string): Markdown {
  const blocks = [...text.matchAll(/^ *```(\w*)\n(.*?)^ *```$/gms)];
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '');
  const spans = [...prose.matchAll(/(`+)(.+?)\1/g)].map(([, , span = '']) => span);
  const withoutSpans = prose.replaceAll(/(`+)(.+?)\1/g, 'code');
  return {
    file,
    text,
    commandLines: blocks.flatMap(([, language = '', body = '']) => commandLinesOf(language, body)),
    spans,
    headings: [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading),
    links: [...withoutSpans.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
  };
}

/** The anchors that GitHub gives to headings, in their order. */
export function anchorsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

function commandLinesOf(language: string, body: string): string[] {
  const lines = body.replaceAll('\\\n', ' ').split('\n');
  const typed =
    language === 'console' ? lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2)) : lines;
  if (language !== 'console' && language !== 'sh') return [];
  return typed.map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '');
}

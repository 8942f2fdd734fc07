import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { type Command, commandTree } from './command-tree.ts';
import { type Markdown, markdownFiles, root } from './markdown.ts';

/** A call of nightshift in a document: its command and the options after it. */
type Mention = { readonly file: string; readonly command: string; readonly options: readonly string[] };

describe('what the READMEs say of commands', () => {
  let tree: ReadonlyMap<string, Command> = new Map();
  let mentions: Mention[] = [];
  const files = markdownFiles();

  before(async () => {
    tree = await commandTree();
    mentions = files.flatMap((file) => mentionsIn(file, tree));
  });

  test('every command that they mention exists', () => {
    assert.ok(mentions.length > 50);
    assert.deepEqual(
      mentions.filter(({ command }) => !tree.has(command)),
      [],
    );
  });

  test('every option that they give to a command exists', () => {
    const unknown = mentions.flatMap(({ file, command, options }) =>
      options
        .filter((option) => tree.get(command)?.options.has(option) === false)
        .map((option) => `${file}: nightshift ${command} ${option}`),
    );
    assert.deepEqual(unknown, []);
  });

  test('every option that they mention alone is one of nightshift, or of another program whose line they show', () => {
    const own = new Set([...tree.values()].flatMap(({ options }) => [...options]));
    const lines = files.flatMap(({ commandLines }) => commandLines);
    const unknown = files.flatMap(({ file, spans }) =>
      spans
        .flatMap((span) => /^--[a-z-]+/.exec(span) ?? [])
        .filter((option) => !own.has(option) && !lines.some((line) => line.includes(option)))
        .map((option) => `${file}: ${option}`),
    );
    assert.deepEqual(unknown, []);
  });

  test('every command is documented', () => {
    const documented = new Set(mentions.map(({ command }) => command));
    // The demo is an npm script.
    const undocumented = [...tree.keys()].filter((name) => name !== '' && name !== 'demo' && !documented.has(name));
    assert.deepEqual(undocumented, []);
  });

  test('every npm script that they mention exists', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const named = files.flatMap(({ text }) => [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name]) => name));
    assert.ok(named.includes('demo'));
    assert.deepEqual(
      named.filter((name) => name === undefined || !(name in scripts)),
      [],
    );
  });
});

function mentionsIn({ file, commandLines, spans }: Markdown, tree: ReadonlyMap<string, Command>): Mention[] {
  const code = [...commandLines, ...spans];
  return code.flatMap((text) =>
    [...text.matchAll(/(?:^|[\s(])nightshift((?: [^\s|&;()<>]+)+)/g)].flatMap(([, rest = '']) => {
      const words = rest.trim().split(' ');
      const [first = '', second = ''] = words;
      if (/^[A-Z]/.test(first)) return [];
      const hasSubcommand = tree.get(first)?.subcommands.length && second !== '' && !second.startsWith('-');
      const command = first.startsWith('-') ? '' : hasSubcommand ? `${first} ${second}` : first;
      return [{ file, command, options: words.filter((word) => word.startsWith('-') && word !== '--help') }];
    }),
  );
}

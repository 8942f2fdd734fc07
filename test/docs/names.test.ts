import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { failureCodes } from '../../jobs/runtime/errors.ts';
import { type Markdown, markdownFiles, root } from './markdown.ts';

const files = markdownFiles();
const settings = settingNames();

/** Names that are no setting: Linux capabilities, SQL, what the live test reads, NAME for any, and proxies, which Node reads. */
const ofOthers = ['SYS_PTRACE', 'DAC_OVERRIDE', 'CURRENT_TIMESTAMP', 'LINODE_TOKEN', 'LIVE_SSH_KEY', 'NAME_FILE'];
const foreign = [...ofOthers, 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];

test('every variable and failure code that a README names exists', () => {
  const known = new Set<string>([...settings.variables, ...failureCodes, ...foreign]);
  const isKnown = (name: string) => known.has(name) || known.has(name.replace(/_FILE$/, ''));
  assert.deepEqual(
    named(files, /(?<![\w/$<{-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w-])/g, ({ name }) => !isKnown(name)),
    [],
  );
});

test('every key of the stack that a README names exists', () => {
  const infra = files.filter(({ file }) => file.startsWith('infra/'));
  const unknown = ({ name }: { name: string }) => !settings.stackKeys.has(name.replace(/^nightshift:/, ''));
  assert.deepEqual(named(files, /nightshift:[a-z]\w+/g, unknown), []);
  assert.deepEqual(named(infra, /^[a-z]+[A-Z]\w*/g, unknown), []);
});

/** What the pattern finds in the code of the files, where `isWrong`. */
function named(
  some: readonly Markdown[],
  pattern: RegExp,
  isWrong: (found: { readonly name: string }) => boolean,
): { readonly file: string; readonly name: string }[] {
  const found = some.flatMap(({ file, commandLines, spans }) =>
    [...commandLines, ...spans].flatMap((code) => [...code.matchAll(pattern)].map(([name]) => ({ file, name }))),
  );
  assert.ok(found.length > 5, `${pattern} finds too little`);
  return found.filter(isWrong);
}

/** From the tables of the settings' own README, which are made from the table in the code. */
function settingNames(): { readonly variables: ReadonlySet<string>; readonly stackKeys: ReadonlySet<string> } {
  const text = readFileSync(path.join(root, 'jobs', 'settings', 'README.md'), 'utf8');
  const rows = [...text.matchAll(/^\|(?: `([A-Z_]+)`)? +\|(?: `(\w+)`)?/gm)];
  const column = (index: number) => new Set(rows.flatMap((row) => row[index] ?? []));
  return { variables: column(1), stackKeys: column(2) };
}

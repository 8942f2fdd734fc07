import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { anchorsOf, markdownFiles, parseMarkdown, root } from './markdown.ts';

test('every link within the repository leads to a file, and to a heading of it', () => {
  const links = markdownFiles().flatMap(({ file, links }) =>
    links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => ({ file, link })),
  );
  assert.ok(links.length > 50);
  assert.deepEqual(
    links.filter(({ file, link }) => !resolves(file, link)),
    [],
  );
});

test('README.md is read in a minute: at most 1,200 words', () => {
  const words = readFileSync(path.join(root, 'README.md'), 'utf8').match(/\S+/g)?.length ?? 0;
  assert.ok(words <= 1200, `${words} words`);
});

test('anchors are those of GitHub', () => {
  assert.deepEqual(anchorsOf(['Is it working?', '`csv_data` FAILED (CODE)', 'A, b', 'A b']), [
    'is-it-working',
    'csv_data-failed-code',
    'a-b',
    'a-b-1',
  ]);
});

function resolves(file: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const found = target === '' ? path.join(root, file) : path.resolve(root, path.dirname(file), target);
  const isInside = found.startsWith(root + path.sep);
  if (!isInside || !existsSync(found)) return false;
  if (anchor === undefined) return true;
  if (statSync(found).isDirectory() || !found.endsWith('.md')) return false;
  return anchorsOf(parseMarkdown(found, readFileSync(found, 'utf8')).headings).includes(anchor);
}

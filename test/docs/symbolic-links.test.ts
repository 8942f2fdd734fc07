import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

/** The tracked symbolic links of a checkout that lead out of it, as `link -> target`. */
function linksThatLeave(checkout: string): string[] {
  return git(checkout, 'ls-files', '--stage', '-z')
    .split('\0')
    .filter((entry) => entry.startsWith('120000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1))
    .map((link) => ({ link, target: readlinkSync(path.join(checkout, link)) }))
    .filter(({ link, target }) => path.isAbsolute(target) || path.join(path.dirname(link), target).startsWith('..'))
    .map(({ link, target }) => `${link} -> ${target}`);
}

function git(checkout: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'safe.directory=*', ...args], { cwd: checkout, encoding: 'utf8' });
}

test('no tracked symbolic link leaves the repository', () => {
  assert.deepEqual(linksThatLeave(path.resolve(import.meta.dirname, '..', '..')), []);
});

test('a link out of the tree is found, absolute or relative; one inside is not', (t) => {
  const checkout = mkdtempSync(path.join(tmpdir(), 'nightshift-links-'));
  t.after(() => rmSync(checkout, { recursive: true }));
  mkdirSync(path.join(checkout, 'folder'));
  symlinkSync('/elsewhere/node_modules', path.join(checkout, 'node_modules'));
  symlinkSync('../../beside', path.join(checkout, 'folder', 'beside'));
  symlinkSync('../folder', path.join(checkout, 'folder', 'inside'));
  git(checkout, 'init', '--quiet');
  git(checkout, 'add', '--all', '--force');
  assert.deepEqual(linksThatLeave(checkout), [
    'folder/beside -> ../../beside',
    'node_modules -> /elsewhere/node_modules',
  ]);
});

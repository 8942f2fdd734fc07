import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { type Mutant, withFault } from '../torture/mutants/mutant.ts';
import { mutantRooms } from '../torture/mutants/mutants.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const mutants: readonly Mutant[] = Object.values(mutantRooms).flat();

/** What keeps a mutant from being tried; empty: nothing. */
function problemsOf(mutant: Mutant): string[] {
  const { name, file, tests } = mutant;
  const absent = [file, ...tests].filter((each) => !existsSync(path.join(root, each)));
  if (absent.length > 0 || tests.length === 0) return [`${name}: there is no ${absent.join(', no ') || 'test'}`];
  try {
    const text = withFault(mutant, readFileSync(path.join(root, file), 'utf8'));
    if (file.endsWith('.ts')) stripTypeScriptTypes(text);
    else execFileSync('sh', ['-n'], { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
    return [];
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : error}`];
  }
}

test('every mutant has its text exactly once in the tree, can be run with its fault in, and names tests that are there', () => {
  assert.deepEqual(mutants.flatMap(problemsOf), []);
});

test('no two mutants have one name', () => {
  const names = mutants.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
});

import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, rmSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type FinishedCommand, nightshift } from '../nightshift.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const restore = (...args: string[]): Promise<FinishedCommand> =>
  nightshift(['restore', ...args, '--no-docker'], databases.environment);

/** What it is refused with, the safety copy as COPY. */
function refusal({ code, err }: FinishedCommand): string {
  const [, message = '', hint = ''] = /(BACKUP_WRONG: (?:.|\n)*?)\n {4}What to do: ((?:.|\n)*)/.exec(err) ?? [];
  return `exit ${code}: ${message}\n${hint.trim()}`.replace(/\S+\.backup-\d{4}-\d\d-\d\d_\d{6}/g, 'COPY');
}

const choose = 'Choose another from `nightshift restore --safety-copies`, or a backup from `nightshift list`;';

/** Puts a restored backup in place; its safety copy is the old database without its -wal, with `bytes` written at `offset`. */
async function restoreOver(offset: number, bytes: number): Promise<string> {
  databases.reset();
  for (const part of ['-wal', '-shm']) rmSync(databases.database + part);
  const { code, err } = await restore('latest', '--yes');
  assert.equal(code, 0, err);
  const folder = path.dirname(databases.database);
  const copy = path.join(folder, readdirSync(folder).find((name) => /backup-[\d_-]+$/.test(name)) ?? '');
  const file = openSync(copy, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0x5a), 0, bytes, offset);
  closeSync(file);
  return copy;
}

test('a safety copy with damaged pages: --undo names the flag and the copy, and takes it with the flag', async () => {
  await restoreOver(4096 * 4, 4096);
  const refused = refusal(await restore('--undo', '--yes'));
  assert.match(
    refused,
    /^exit 1: BACKUP_WRONG: COPY is not a good backup: The integrity check of COPY found 1 problem: .*\.\n/,
  );
  assert.doesNotMatch(refused, /restore-staged/);
  assert.equal(
    refused.split('\n').at(-1),
    `${choose} --allow-damaged-copy restores it as it is. Nothing was stopped or changed.`,
  );
  assert.equal(holds(databases.database), complete.new);
  const taken = await restore('--undo', '--yes', '--allow-damaged-copy');
  assert.equal(taken.code, 0, taken.err);
  assert.match(taken.out, /^ {2}verified {4}DAMAGED, accepted with --allow-damaged-copy$/m);
});

for (const [what, wal, why] of [
  ['that SQLite cannot open', '', 'SQLite cannot open it at all'],
  ['whose -wal SQLite cannot bring in', 'x'.repeat(5000), 'SQLite cannot apply its -wal'],
] as const) {
  test(`a safety copy ${what} is refused with the flag as without, before anything stops`, async () => {
    const copy = await restoreOver(0, 100);
    writeFileSync(`${copy}-wal`, wal);
    for (const flags of [[], ['--allow-damaged-copy']]) {
      assert.equal(
        refusal(await restore('--undo', '--yes', ...flags)),
        'exit 1: BACKUP_WRONG: SQLite cannot open COPY: file is not a database.\n' +
          `${choose} ${why}, so --allow-damaged-copy cannot restore it either. Nothing was stopped or changed.`,
      );
    }
    assert.equal(holds(databases.database), complete.new);
  });
}

test('a removal without a terminal: the error says how to confirm, and nothing that is refused next', async () => {
  const { code, err } = await restore('--safety-copies', '--remove', 'x');
  assert.equal(code, 2);
  assert.equal(
    err.trim(),
    'ARGUMENT_INVALID: A removal needs confirmation, and this is not a terminal.\n' +
      '    What to do: Add --yes to answer yes. Without --remove, --safety-copies shows what there is. In a container: `docker run -it`.',
  );
});

test('what a killed look for containers left is removed by a dry run too; one that is just being used is not', async () => {
  databases.reset();
  const [old, young] = ['old', 'young'].map((name) => `${databases.database}.restore-probe-${name}`);
  for (const file of [old, young]) writeFileSync(file ?? '', '');
  const longAgo = Date.now() / 1000 - 120;
  utimesSync(old ?? '', longAgo, longAgo);
  for (const args of [
    ['latest', '--dry-run'],
    ['latest', '--yes'],
  ]) {
    const { code, err } = await restore(...args);
    assert.equal(code, 0, err);
    const left = readdirSync(path.dirname(databases.database)).filter((name) => name.includes('probe'));
    assert.deepEqual(left, ['shop.db.restore-probe-young']);
  }
});

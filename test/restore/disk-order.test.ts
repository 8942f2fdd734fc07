import assert from 'node:assert/strict';
import fs, { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { noCheckpoint } from '../../jobs/restore/files/checkpoint.ts';
import { writeDurably } from '../../jobs/restore/files/durable-writes.ts';
import { finishStaging } from '../../jobs/restore/staging/stage.ts';
import { keepAsRecord, type RestoreJournal, removeJournal } from '../../jobs/restore/swap/journal.ts';
import { removeRemnants, swapBack, swapIn } from '../../jobs/restore/swap/swap-files.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { noProgress } from '../../jobs/runtime/progress.ts';
import { recordDisk } from '../disk-recorder.ts';

const stamp = '2025-11-30_020000';
const database = 'shop.db';
const copy = `${database}.backup-${stamp}`;
const rejected = `${database}.rejected-${stamp}`;
const notMoved = { stagedState: null, moved: null };

/** A folder with these files, and what happens to the disk in it from now on. */
async function folderWith(t: TestContext, files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-disk-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => path.join(folder, name);
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  return { at, events: await recordDisk(t, folder), inodeOf: (name: string) => String(statSync(at(name)).ino) };
}

const linux = { skip: process.platform !== 'linux' };

test('a power cut while the journal is written leaves the old one or the new one whole', linux, async (t) => {
  const { at, events } = await folderWith(t, { journal: 'old' });
  await writeDurably(at('journal'), 'new', () => {
    assert.equal(readFileSync(at('journal'), 'utf8'), 'old');
    assert.deepEqual(events, ['flush journal.new']);
  });
  assert.equal(readFileSync(at('journal'), 'utf8'), 'new');
  assert.deepEqual(events, ['flush journal.new', 'rename journal.new -> journal', 'flush .']);
});

test('a journal that the disk takes only in parts is whole', linux, async (t) => {
  const { at } = await folderWith(t, {});
  const text = 'a journal as long as this one';
  const { writeSync } = fs;
  t.mock.method(fs, 'writeSync', (file: number, bytes: Uint8Array, from = 0) =>
    writeSync(file, bytes, from, Math.min(7, bytes.length - from)),
  );
  syncBuiltinESMExports();
  await writeDurably(at('journal'), text, noCheckpoint);
  assert.equal(readFileSync(at('journal'), 'utf8'), text);
});

test('the end of a restore is on the disk before backups run again', linux, async (t) => {
  const journal = `${database}.restore-journal`;
  const { at, events } = await folderWith(t, { [journal]: '{}', [copy]: 'old' });
  await keepAsRecord({ database: at(database), stamp } as RestoreJournal, noCheckpoint);
  assert.deepEqual(events, [`rename ${journal} -> ${copy}.nightshift-restore`, 'flush .']);
});

test('the end of a rollback is on the disk before backups run again', linux, async (t) => {
  const { at, events } = await folderWith(t, { [`${database}.restore-journal`]: '{}' });
  await removeJournal(at(database), noCheckpoint);
  assert.deepEqual(events, [`remove ${database}.restore-journal`, 'flush .']);
});

test(
  'a staged file is on the disk with all its bytes before it gets its name, and its name before the switch',
  linux,
  async (t) => {
    const { at, events } = await folderWith(t, { part: 'a verified database' });
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mode: 0o640, attributesOf: null };
    const verified = { fingerprint: null, findings: [], verifiedBy: 'by hand' };
    const log = createLog(systemClock, 'UTC', { out() {}, err() {} });
    const deps = { clock: systemClock, log, progress: noProgress, checkpoint: noCheckpoint, signal: t.signal };
    const staged = await finishStaging(at('part'), { file: at('staged'), owner, journalMode: null }, verified, deps);
    assert.deepEqual(events, ['flush part', 'rename part -> staged', 'flush .']);
    assert.equal(staged.bytes, 19);
    assert.equal(statSync(at('staged')).mode & 0o777, 0o640);
  },
);

test(
  'the switch: sidecars get their new names first, and all old files are safe on the disk before the restored one takes their place',
  linux,
  async (t) => {
    const { at, events, inodeOf } = await folderWith(t, {
      [database]: 'old',
      [`${database}-wal`]: 'w',
      [`${database}-shm`]: 's',
      [`${database}-journal`]: 'j',
      [`${database}.restore-staged`]: 'new',
    });
    await swapIn(
      { database: at(database), stamp, staged: { inode: inodeOf(`${database}.restore-staged`) }, ...notMoved },
      noCheckpoint,
    );
    assert.deepEqual(events, [
      `link ${database}-wal -> ${copy}-wal`,
      `link ${database}-shm -> ${copy}-shm`,
      `link ${database}-journal -> ${copy}-journal`,
      'flush .',
      `rename ${database} -> ${copy}`,
      'flush .',
      `remove ${database}-wal`,
      `remove ${database}-shm`,
      `remove ${database}-journal`,
      'flush .',
      `rename ${database}.restore-staged -> ${database}`,
      'flush .',
    ]);
  },
);

test(
  'the way back: the restored file with what services wrote is aside on the disk before the old one returns',
  linux,
  async (t) => {
    const { at, events, inodeOf } = await folderWith(t, {
      [database]: 'new',
      [`${database}-wal`]: 'w',
      [copy]: 'old',
      [`${copy}-wal`]: 'v',
    });
    await swapBack({ database: at(database), stamp, staged: { inode: inodeOf(database) }, ...notMoved }, noCheckpoint);
    assert.deepEqual(events, [
      `link ${database}-wal -> ${rejected}-wal`,
      'flush .',
      `rename ${database} -> ${rejected}`,
      'flush .',
      `remove ${database}-wal`,
      'flush .',
      `link ${copy}-wal -> ${database}-wal`,
      'flush .',
      `rename ${copy} -> ${database}`,
      'flush .',
    ]);
  },
);

test('what is left at the safety copy’s name goes once the old database is back, and not before', linux, async (t) => {
  const { at, events } = await folderWith(t, { [database]: 'old', [`${database}-wal`]: 'w', [`${copy}-wal`]: 'w' });
  await removeRemnants({ database: at(database), stamp, oldState: null }, noCheckpoint);
  assert.deepEqual(events, [], 'there was no database before: these are what it left');
  await removeRemnants({ database: at(database), stamp, oldState: 'old' }, noCheckpoint);
  assert.deepEqual(events, [`remove ${copy}-wal`, 'flush .']);
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { checkCommand } from '../../jobs/backup/commands/check-command.ts';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { pruneCommand } from '../../jobs/backup/commands/prune-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { runRestore } from '../restore/run-action.ts';
import { rowsOf } from '../sqlite/sqlite-files.ts';
import { makeScene } from './scene.ts';

const odd = ` Ünï & "Disk" 数据 %41 50% #1? 'x' \\ +~$HOME`;

test('folders with spaces, Unicode, quotes, %, # and ? hold database, state, staging and backups, to the last undo', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  const usual = process.env['TMPDIR'];
  process.env['TMPDIR'] = path.join(folder, odd);
  mkdirSync(process.env['TMPDIR']);
  t.after(() => {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    rmSync(folder, { recursive: true });
  });
  const scene = await makeScene(t);
  assert.ok(scene.settings.store.kind === 'directory' && scene.settings.store.folder.includes(odd));
  const notes = () => rowsOf(scene.database.path, 'SELECT text FROM notes').flat();

  assert.doesNotMatch(await scene.command(checkCommand, []), /^(FAIL|-)/m);
  const { key, verification } = await runBackup(scene.database, scene.deps());
  assert.equal(verification, 'verified');
  assert.match(await scene.command(listCommand, []), /shop_2025-11-27_020000\.db\.gz/);
  assert.match(await scene.command(pruneCommand, []), /^0 backups removed$/m);
  scene.sql("INSERT INTO notes VALUES ('later')");
  const restored = await runRestore(path.basename(key), scene.environment, {});
  assert.deepEqual([restored.ending, notes()], ['done', ['first']], restored.text);
  const undone = await runRestore(undefined, scene.environment, { options: { undo: true } });
  assert.deepEqual([undone.ending, notes()], ['done', ['first', 'later']], undone.text);
});

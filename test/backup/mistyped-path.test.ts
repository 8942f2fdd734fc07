import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkCommand } from '../../jobs/backup/commands/check-command.ts';
import { pruneCommand } from '../../jobs/backup/commands/prune-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { runRestore } from '../restore/run-action.ts';
import { failureOf } from './faults.ts';
import { makeScene } from './scene.ts';

type Mistyped = { readonly environment: Environment; readonly file: string; readonly files: () => string[] };

/** A shop whose DATABASE_PATH names a file or a folder that is not there, `written` below its data folder. */
async function mistyped(t: TestContext, written: string) {
  const scene = await makeScene(t);
  const file = path.join(scene.folder, 'data', written);
  const files = () =>
    readdirSync(scene.folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+/.test(name));
  return { scene, file, files, environment: { ...scene.environment, DATABASE_PATH: file } };
}

/** What a mistyped path leaves: the shop as it was, and the history, which says what failed. */
const untouched = ['data/shop.db', 'state/history.db'];

for (const written of ['shpo.db', 'data/shop.db', '.']) {
  test(`a backup of a mistyped path (${written}) leaves no lock and no other file behind`, async (t) => {
    const { scene, file, files } = await mistyped(t, written);
    const code = await failureOf(runBackup({ name: 'shop', path: file }, scene.deps()));
    assert.deepEqual([code, files()], [written === '.' ? 'DATABASE_NOT_A_FILE' : 'DATABASE_MISSING', untouched]);
  });
}

for (const [what, run] of [
  ['check', ({ environment }: Mistyped, t: TestContext) => commandIn(t, checkCommand, environment)],
  ['prune', ({ environment }: Mistyped, t: TestContext) => commandIn(t, pruneCommand, environment)],
  ['restore', ({ environment }: Mistyped) => runRestore(undefined, environment, {})],
  ['restore --undo', ({ environment }: Mistyped) => runRestore(undefined, environment, { options: { undo: true } })],
  [
    'restore --safety-copies --remove',
    ({ environment }: Mistyped) =>
      runRestore(undefined, environment, {
        options: { safetyCopies: true, remove: 'shop.db.backup-2025-11-30_031500' },
      }),
  ],
] as const) {
  test(`${what} with a mistyped path leaves no lock and no other file behind`, async (t) => {
    for (const written of ['shpo.db', 'data/shop.db']) {
      const place = await mistyped(t, written);
      await run(place, t);
      assert.deepEqual(place.files(), untouched, written);
    }
  });
}

async function commandIn(t: TestContext, command: typeof checkCommand, environment: Environment) {
  const scene = await makeScene(t, environment);
  await scene.command(command, []).catch(() => null);
}

import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { CliOptions } from '../../../../jobs/restore/options/cli-options.ts';
import { runRestore } from '../../../restore/run-action.ts';
import { complete, foldWal, holds, makeTestDatabases, type TestDatabases } from '../../../restore/test-databases.ts';
import type { PowerCutSubject, PreparedSubject } from '../power-cuts.ts';

type EndState = { readonly inPlace: string; readonly safetyCopies: readonly string[] };

/** What one more restore may leave: each database complete, and nothing half done. */
const before: EndState = { inPlace: complete.old, safetyCopies: [] };
const restored: EndState = { inPlace: complete.new, safetyCopies: [complete.old] };
const undone: EndState = { inPlace: complete.old, safetyCopies: [complete.new] };

export const restoreSubject: PowerCutSubject = {
  name: 'restore',
  promise: 'one more restore leaves the complete old database or the complete new one, which it is once that was said',
  prepare: async (folder) => subjectOf(databasesOn(folder), { file: 'latest' }, before, restored),
};

export const undoSubject: PowerCutSubject = {
  name: 'undo of a restore',
  promise: 'one more restore leaves both databases complete, the old one in place once that was said',
  async prepare(folder) {
    const databases = databasesOn(folder);
    // So that the old one returns by a rename, not by a copy.
    foldWal(databases.database);
    await restore(databases, { file: 'latest' });
    return subjectOf(databases, { undo: true }, restored, undone);
  },
};

/** The database on the disk; the store, the history and work files elsewhere, so that their flushes do not help. */
function databasesOn(folder: string): TestDatabases {
  const databases = makeTestDatabases();
  const database = path.join(folder, path.basename(databases.database));
  cpSync(path.dirname(databases.database), folder, { recursive: true });
  return { ...databases, database, environment: { ...databases.environment, DATABASE_PATH: database } };
}

async function restore({ environment }: TestDatabases, { file, ...options }: Partial<CliOptions>): Promise<void> {
  const { ending, text } = await runRestore(file, environment, { options });
  if (ending !== 'done') throw new Error(text);
}

function subjectOf(
  databases: TestDatabases,
  action: Partial<CliOptions>,
  ...ends: [EndState, EndState]
): PreparedSubject {
  return {
    async run(mark) {
      await restore(databases, action);
      mark('done');
    },
    async check(marks) {
      const { text } = await runRestore(undefined, databases.environment, {});
      const found = JSON.stringify(endState(databases));
      const allowed = marks.includes('done') ? ends.slice(1) : ends;
      return allowed.some((end) => JSON.stringify({ ...end, others: [] }) === found) ? [] : [`${found}\n${text}`];
    },
    async close() {
      databases.remove();
    },
  };
}

function endState({ database }: TestDatabases): EndState & { readonly others: readonly string[] } {
  const folder = path.dirname(database);
  const ours = readdirSync(folder).filter((name) => name.startsWith('shop.db'));
  const beside = ours.filter((name) => !/^shop\.db(-wal|-shm|\.nightshift-lock)?$/.test(name));
  const copies = beside.filter((name) => /^shop\.db\.(backup|rejected)-[\d_-]+$/.test(name));
  return {
    inPlace: holds(database),
    safetyCopies: copies.map((name) => holds(path.join(folder, name))),
    others: beside.filter((name) => !/^shop\.db\.(backup|rejected)-/.test(name)),
  };
}

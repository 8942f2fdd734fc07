import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type FinishedCommand, nightshift } from '../nightshift.ts';
import type { TestDatabases } from './test-databases.ts';

export const restoreArgs = ['restore', '--no-docker'];
/** `nightshift restore` in a process of its own, without Docker. */
export const restore = (databases: TestDatabases, ...args: string[]): Promise<FinishedCommand> =>
  nightshift([...restoreArgs, ...args], databases.environment);

/** Names beside the database, the file itself and its lock left out, stamps as STAMP. */
export function filesBeside({ database }: TestDatabases): string[] {
  return readdirSync(path.dirname(database))
    .filter((name) => !['shop.db', 'shop.db.nightshift-lock'].includes(name))
    .map((name) => name.replace(/\d{4}-\d\d-\d\d_\d{6}/, 'STAMP'))
    .toSorted();
}

/** `BACKUP_EMPTY, exit 1`. */
export function failureOf({ code, err }: FinishedCommand): string {
  return `${/([A-Z_]+): .*\n {4}What to do: /.exec(err)?.[1]}, exit ${code}`;
}

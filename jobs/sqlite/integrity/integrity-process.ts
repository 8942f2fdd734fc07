/**
 * The child of `checkIntegrity`: checks the private copy named as its argument and sends what it finds. A process of its own, since
 * nothing but its death interrupts a running query. When its parent is gone it ends after the query it is in.
 */
import Sqlite from 'better-sqlite3';
import { sendResult } from '../../runtime/child-process.ts';
import { isDamagedDatabase } from '../../runtime/errors.ts';
import { readContents } from '../contents.ts';
import { checkDatabase } from './damage.ts';
import type { IntegrityResult } from './integrity.ts';

/** A larger cache saves little of the check's time and counts against the memory of the container. */
const cacheKib = 8 * 1024;

await sendResult(() => checkFile(process.argv[2] ?? ''));

function checkFile(file: string): IntegrityResult {
  try {
    // Not opened read-only: SQLite would leave out every CHECK constraint.
    const connection = new Sqlite(file, { fileMustExist: true });
    connection.pragma('query_only = ON');
    connection.pragma(`cache_size = -${cacheKib}`);
    const { problems, mayBeMore, findings, findingKinds, unchecked } = checkDatabase(connection);
    if (problems.length > 0) return { kind: 'damaged', problems, mayBeMore };
    const contents = readContents(connection);
    const names = new Set([...contents.unchecked, ...unchecked]);
    return { kind: 'sound', contents: { ...contents, unchecked: [...names].sort(), findings, findingKinds } };
  } catch (error) {
    const code = error instanceof Sqlite.SqliteError ? error.code : '';
    const message = error instanceof Error ? error.message : String(error);
    if (isDamagedDatabase(error)) return { kind: 'damaged', problems: [message], mayBeMore: false };
    return { kind: 'failed', message: `${message} ${code}`.trim() };
  }
}

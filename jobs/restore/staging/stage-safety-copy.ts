import { constants, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { formatBytes, formatDuration } from '../../runtime/format.ts';
import { filledUp } from '../../sqlite/snapshot/disk-space.ts';
import { identify, schemaProblem } from '../switch/swap.ts';
import { partPath } from './place.ts';
import { checkedInFull, cleanedUp, type StagePlace, type StageTools, settle } from './stage.ts';
import type { Staged, Verified } from './verified.ts';

/**
 * Copies a safety copy with its -wal or -journal, brings what they hold into the copy, and checks it in full. The safety
 * copy itself stays as it is. Throws BACKUP_WRONG when it is damaged, unless `allowDamaged` and SQLite can open it; DISK_FULL.
 */
export async function stageSafetyCopy(
  source: string,
  place: StagePlace,
  allowDamaged: boolean,
  tools: StageTools,
): Promise<Staged> {
  const { clock, log, signal } = tools;
  const part = partPath(place.file);
  return cleanedUp(place.file, async () => {
    const began = clock.now();
    await copyParts(source, part);
    signal.throwIfAborted();
    const { bytes } = identify(part);
    log.line(`Copied ${source}, ${formatBytes(bytes)} (${formatDuration(clock.now().since(began).total('seconds'))})`);
    return settle(part, place, await verifiedCopy(source, part, allowDamaged, tools), tools);
  });
}

/** Of files that may hold what is not in the database's own file yet. */
const pendingEndings = ['-wal', '-journal'] as const;
const holdsSomething = (file: string) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;

async function copyParts(source: string, part: string): Promise<void> {
  for (const ending of ['', ...pendingEndings]) {
    if (ending !== '' && !holdsSomething(source + ending)) continue;
    try {
      await copyFile(source + ending, part + ending, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOSPC') throw error;
      const hint = 'Free space there and run it again; nothing was stopped or changed.';
      throw await filledUp(path.dirname(part), identify(source).bytes, 'the copy', error, hint);
    }
  }
}

async function verifiedCopy(source: string, part: string, allowDamaged: boolean, tools: StageTools): Promise<Verified> {
  let isFolded = false;
  try {
    foldIn(part, source);
    isFolded = true;
    return await checkedInFull(part, source, tools);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'BACKUP_WRONG') throw error;
    const hopeless = isFolded ? whyUnreadable(part) : (whyUnfolded(source) ?? whyUnreadable(part));
    if (hopeless !== null) throw damaged(error, `${hopeless}, so that --allow-damaged-copy cannot take it either`);
    if (!allowDamaged) throw damaged(error, '--allow-damaged-copy takes it as it is');
    tools.log.warn(error.message);
    return { character: null, findings: [], proof: 'DAMAGED, taken all the same (--allow-damaged-copy)' };
  }
}

/** Why not even a damaged copy can take the database's place: it would be refused there, with services down. Null: it can. */
function whyUnreadable(part: string): string | null {
  return schemaProblem(part) === null ? null : 'SQLite cannot open it at all';
}

/** Asked of the safety copy itself: SQLite may have removed what lay beside its copy. */
function whyUnfolded(source: string): string | null {
  const pending = pendingEndings.find((ending) => holdsSomething(source + ending));
  return pending === undefined ? null : `SQLite cannot bring its ${pending} into it`;
}

function damaged(cause: Failure, flag: string): Failure {
  return new Failure(
    'BACKUP_WRONG',
    cause.message,
    `Choose another from \`nightshift restore --safety-copies\`, or a backup from \`nightshift list\`; ${flag}. Nothing was stopped or changed.`,
    cause,
  );
}

/** SQLite itself brings a -wal or a hot -journal into the file, and removes them. */
function foldIn(part: string, source: string): void {
  try {
    const connection = new Sqlite(part, { fileMustExist: true });
    try {
      connection.pragma('journal_mode = DELETE');
    } finally {
      connection.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('BACKUP_WRONG', `SQLite cannot open ${source}: ${why}.`, '', error);
  }
}

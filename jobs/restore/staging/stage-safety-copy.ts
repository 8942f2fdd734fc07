import { constants, existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { filledUp } from '../../backup/snapshot/disk-space.ts';
import { Failure, systemCodeOf } from '../../platform/errors.ts';
import { formatBytes, formatDuration } from '../../platform/format.ts';
import { identify } from '../switch/swap.ts';
import { partPath } from './place.ts';
import { checkedInFull, cleanedUp, type StagePlace, type StageTools, settle } from './stage.ts';
import type { Staged, Verified } from './verified.ts';

/**
 * Copies a safety copy with its -wal or -journal, brings what they hold into the copy, and checks it in full. The safety
 * copy itself stays as it is. Throws BACKUP_WRONG when it is damaged, unless `allowDamaged`; DISK_FULL.
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

async function copyParts(source: string, part: string): Promise<void> {
  for (const ending of ['', '-wal', '-journal']) {
    if (!existsSync(source + ending)) continue;
    try {
      await copyFile(source + ending, part + ending, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOSPC') throw error;
      const cure = 'Free space there and run it again; nothing was stopped or changed.';
      throw await filledUp(path.dirname(part), identify(source).bytes, 'the copy', error, cure);
    }
  }
}

async function verifiedCopy(source: string, part: string, allowDamaged: boolean, tools: StageTools): Promise<Verified> {
  try {
    foldIn(part, source);
    return await checkedInFull(part, source, tools);
  } catch (error) {
    const isLone = !existsSync(`${part}-wal`) && !existsSync(`${part}-journal`);
    if (!allowDamaged || !isLone || !(error instanceof Failure) || error.code !== 'BACKUP_WRONG') throw error;
    tools.log.warn(error.message);
    return { character: null, findings: [], proof: 'DAMAGED, taken all the same (--allow-damaged-copy)' };
  }
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
    throw new Failure(
      'BACKUP_WRONG',
      `SQLite cannot open ${source}: ${why}.`,
      'Choose another from `nightshift restore --safety-copies`; --allow-damaged-copy takes it as it is. Nothing was stopped or changed.',
      error,
    );
  }
}

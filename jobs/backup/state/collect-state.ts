import { cp, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { listReportFiles, stateDatabases } from '../../archives/state/state-files.ts';
import { messageOf, systemCodeOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { noBar } from '../../runtime/progress.ts';
import { takeSnapshot } from '../../sqlite/snapshot/snapshot.ts';

/** What of STATE_DIR could be copied, and what could not, a sentence each. */
export type CollectedState = { readonly names: readonly string[]; readonly problems: readonly string[] };

/** Copies the files of a state into `folder`, databases as one moment of each; a damaged one is left out. Throws AbortError. */
export async function collectState(
  stateDir: string,
  folder: string,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<CollectedState> {
  const names: string[] = [];
  const problems: string[] = [];
  const collect = async (name: string, copy: (from: string, to: string) => Promise<void>) => {
    try {
      await copy(path.join(stateDir, name), path.join(folder, name));
      names.push(name);
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`${path.join(stateDir, name)}: ${messageOf(error)}`);
    }
  };
  for (const name of stateDatabases) {
    if (!(await isThere(path.join(stateDir, name)))) continue;
    await collect(name, async (from, to) => {
      await takeSnapshot({ name, path: from }, to, { signal, bar: noBar, log });
      requireSound(to);
    });
  }
  for (const name of listReportFiles(stateDir)) {
    await collect(name, async (from, to) => {
      await mkdir(path.dirname(to), { recursive: true });
      await cp(from, to);
    });
  }
  return { names, problems };
}

/** A database that was made and not yet written to has nothing to keep. */
async function isThere(file: string): Promise<boolean> {
  try {
    return (await stat(file)).size > 0;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    return true;
  }
}

function requireSound(file: string): void {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    const found = db.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(`it is damaged: ${String(found)}`);
  } finally {
    db.close();
  }
}

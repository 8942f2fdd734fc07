import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { reportCopyFolder } from '../../archives/state/state-files.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

/**
 * Copies what SUMMARY_REPORT names into STATE_DIR, whose backup then holds it: the container of the backup does not see the file. Without
 * one, a copy stays: on a new host it is what is to be put in place. What fails costs no summary.
 */
export function keepReportCopy(report: string | null, stateDir: string, log: Pick<Log, 'warn'>): void {
  const folder = path.join(stateDir, reportCopyFolder);
  const fresh = `${folder}.new`;
  try {
    if (report === null || !existsSync(report)) return;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh);
    const to = statSync(report).isDirectory() ? fresh : path.join(fresh, path.basename(report));
    cpSync(report, to, { recursive: true, dereference: true, preserveTimestamps: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } catch (error) {
    log.warn(`the report ${report} could not be copied to ${folder} for the backup of STATE_DIR: ${messageOf(error)}`);
  }
}

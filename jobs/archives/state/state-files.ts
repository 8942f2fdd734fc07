import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Databases of STATE_DIR that its backup holds: the history of backups, and the ledger with the pages of the summary. */
export const stateDatabases = ['history.db', 'summaries.db'] as const;

/** Folders of STATE_DIR whose files it holds: the report that was made here, and the copy of the one that SUMMARY_REPORT names. */
const stateFolders = ['report', 'report-copy'] as const;

/** The copy of what SUMMARY_REPORT names: that may lie where only the summary can read it. */
export const reportCopyFolder = 'report-copy';

/**
 * Whether a file below STATE_DIR belongs to its backup. Others never do: locks, the outbox, and whatever a person has put
 * there, such as keys.
 */
export function isStateFile(name: string): boolean {
  const [folder, ...rest] = name.split('/');
  if (rest.length === 0) return stateDatabases.some((database) => database === name);
  return stateFolders.some((one) => one === folder) && rest.every((part) => /^[^./\\\0][^/\\\0]*$/.test(part));
}

/** Files of the state's folders, such as `report-copy/summary.yaml`, in order. No links: they may lead to anything. */
export function listReportFiles(stateDir: string): string[] {
  const names = stateFolders.flatMap((folder) => {
    const root = path.join(stateDir, folder);
    if (!lstatSync(root, { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(stateDir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  });
  return names.filter(isStateFile).toSorted();
}

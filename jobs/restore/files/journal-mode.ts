import { closeSync, openSync, readSync, writeSync } from 'node:fs';

export type JournalMode = 'wal' | 'rollback';

/** Read and write version lie at 18 and 19; 2 is WAL: https://www.sqlite.org/fileformat2.html#file_format_version_numbers */
const versionsAt = 18;

/** The journal mode that a database file asks for, or null when the file is not a SQLite database. */
export function journalModeOf(file: string): JournalMode | null {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(100);
    const length = readSync(handle, header, 0, 100, 0);
    if (length < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return null;
    return header[versionsAt + 1] === 2 ? 'wal' : 'rollback';
  } finally {
    closeSync(handle);
  }
}

/** Makes SQLite open the file in this mode. Nobody may have it open, and nothing may be left in a -wal. */
export function setJournalMode(file: string, mode: JournalMode): void {
  const version = mode === 'wal' ? 2 : 1;
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, Buffer.from([version, version]), 0, 2, versionsAt);
  } finally {
    closeSync(handle);
  }
}

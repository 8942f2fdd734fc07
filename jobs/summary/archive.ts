import type { Page } from './page.ts';
import { openSummaries, readSummaries, type SummariesFile } from './summaries-file.ts';

/** The pages as they were sent, one a local day. */
export type Archive = {
  /** Keeps a page in place of any other of its day. */
  archivePage(page: Page): void;
  /** The page of a local day such as `2025-11-30`; null when there is none. */
  pageOf(day: string): Page | null;
  /** Oldest first. */
  days(): string[];
  close(): void;
};

export type ReadOnlyArchive = Omit<Archive, 'archivePage'>;

/** Opens the archive in `STATE_DIR/summaries.db`, making it when it is not there. Throws STATE_UNWRITABLE. */
export function openArchive(stateDir: string): Archive {
  return archiveOf(openSummaries(stateDir));
}

/** Opens an existing archive for reading only; null when no summary was ever made here. */
export function readArchive(stateDir: string): ReadOnlyArchive | null {
  const file = readSummaries(stateDir);
  return file === null ? null : archiveOf(file);
}

function archiveOf({ run, rows, close }: SummariesFile): Archive {
  return {
    archivePage: (page) =>
      void run(
        'INSERT OR REPLACE INTO pages (day, made_at, page) VALUES (?, ?, ?)',
        page.day,
        page.madeAt,
        JSON.stringify(page),
      ),
    pageOf(day) {
      const [found] = rows<{ page: string }>('SELECT page FROM pages WHERE day = ?', day);
      return found === undefined ? null : JSON.parse(found.page);
    },
    days: () => rows<{ day: string }>('SELECT day FROM pages ORDER BY day').map(({ day }) => day),
    close,
  };
}

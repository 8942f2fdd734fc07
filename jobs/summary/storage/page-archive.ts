import type { SummaryPage } from '../page/page-model.ts';
import type { SummaryDatabase } from './connection.ts';

/** The pages as they were sent, one a local day. */
export type PageArchive = {
  /** Stores a page replacing any other of its day. */
  save(page: SummaryPage): void;
  /** The page of a local day such as `2025-11-30`; null when there is none. */
  pageOf(day: string): SummaryPage | null;
  /** Oldest first. */
  days(): string[];
};

export type ReadOnlyArchive = Omit<PageArchive, 'save'>;

export function pageArchive({ run, rows }: SummaryDatabase): PageArchive {
  return {
    save: (page) =>
      void run(
        'INSERT OR REPLACE INTO pages (day, made_at, page) VALUES (?, ?, ?)',
        page.day,
        page.madeAt,
        JSON.stringify(page),
      ),
    pageOf(day) {
      const [row] = rows<{ page: string }>('SELECT page FROM pages WHERE day = ?', day);
      return row === undefined ? null : JSON.parse(row.page);
    },
    days: () => rows<{ day: string }>('SELECT day FROM pages ORDER BY day').map(({ day }) => day),
  };
}

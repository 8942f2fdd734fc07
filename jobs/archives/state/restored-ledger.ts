import Sqlite from 'better-sqlite3';

/** In the ledger of summaries: that it was brought back on another host, and from when it is. */
export const restoredTable = 'CREATE TABLE IF NOT EXISTS restored (taken_at TEXT PRIMARY KEY, at TEXT NOT NULL)';

/** The reply of a delivery that may have gone out after the ledger was stored. */
const maybeSent = 'The ledger is of before this was sent or given up; the earlier host may have sent it since.';

/**
 * Marks a restored ledger: what was sent between `takenAt` and `at` it does not know. Deliveries that were still to be made are
 * uncertain, and days that were due until `at` and are not in it are never sent by themselves. May be done twice.
 */
export function markRestored(file: string, takenAt: Temporal.Instant, at: Temporal.Instant): void {
  const db = new Sqlite(file, { fileMustExist: true });
  try {
    db.pragma('journal_mode = DELETE');
    db.pragma('synchronous = FULL');
    db.transaction(() => {
      db.exec(restoredTable);
      db.prepare('INSERT OR REPLACE INTO restored (taken_at, at) VALUES (?, ?)').run(takenAt.toString(), at.toString());
      if (hasDeliveries(db))
        db.prepare(
          `UPDATE deliveries SET state = 'uncertain', code = 'MAIL_UNCERTAIN', reply = ? WHERE state IN ('pending', 'sending')`,
        ).run(maybeSent);
    })();
  } finally {
    db.close();
  }
}

/** How many days a ledger knows, and the last of them; from the bytes of its file. */
export function ledgerDays(data: Buffer): { readonly count: number; readonly last: string | null } {
  const db = new Sqlite(data, { readonly: true });
  try {
    if (!hasDeliveries(db)) return { count: 0, last: null };
    const sql = 'SELECT count(DISTINCT day) AS count, max(day) AS last FROM deliveries';
    return db.prepare<[], { count: number; last: string | null }>(sql).get() ?? { count: 0, last: null };
  } finally {
    db.close();
  }
}

function hasDeliveries(db: Sqlite.Database): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'deliveries'`).get() !== undefined;
}

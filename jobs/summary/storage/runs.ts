import type { SummaryDatabase } from './connection.ts';

/** One attempt to make and send a day's summary. */
export type SummaryRun = {
  readonly day: string;
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
  readonly outcome: 'running' | 'succeeded' | 'failed';
  /** Of the mail to one recipient. */
  readonly mailBytes: number | null;
  /** Why it failed. */
  readonly message: string | null;
};

export type SummaryRuns = {
  begin(day: string, at: Temporal.Instant): number;
  finish(
    id: number,
    result: {
      readonly outcome: 'succeeded' | 'failed';
      readonly mailBytes: number | null;
      readonly message: string | null;
    },
    at: Temporal.Instant,
  ): void;
  /** Fails runs that a dead process left as running. The caller holds the sending lock. */
  closeAbandoned(at: Temporal.Instant): void;
  /** Newest first. */
  newest(limit: number): SummaryRun[];
};

type RunRow = Omit<SummaryRun, 'startedAt' | 'finishedAt'> & { startedAt: string; finishedAt: string | null };

export function summaryRuns({ run, rows }: SummaryDatabase): SummaryRuns {
  return {
    begin: (day, at) =>
      Number(
        run(`INSERT INTO runs (day, started_at, outcome) VALUES (?, ?, 'running')`, day, at.toString()).lastInsertRowid,
      ),
    finish: (id, { outcome, mailBytes, message }, at) =>
      void run(
        'UPDATE runs SET outcome = ?, mail_bytes = ?, message = ?, finished_at = ? WHERE id = ?',
        outcome,
        mailBytes,
        message,
        at.toString(),
        id,
      ),
    closeAbandoned: (at) =>
      void run(
        `UPDATE runs SET outcome = 'failed', message = 'The process ended before it was done.', finished_at = ?
           WHERE outcome = 'running'`,
        at.toString(),
      ),
    newest: (limit) =>
      rows<RunRow>(
        `SELECT day, started_at AS startedAt, finished_at AS finishedAt, outcome, mail_bytes AS mailBytes, message
           FROM runs ORDER BY id DESC LIMIT ?`,
        limit,
      ).map((row) => ({
        ...row,
        startedAt: Temporal.Instant.from(row.startedAt),
        finishedAt: row.finishedAt === null ? null : Temporal.Instant.from(row.finishedAt),
      })),
  };
}

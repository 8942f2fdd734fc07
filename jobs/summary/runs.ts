import { openSummaries } from './summaries-file.ts';

/** One making and sending of one day's summary. */
export type SummaryRun = {
  readonly day: string;
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
  readonly outcome: 'running' | 'succeeded' | 'failed';
  /** Of the mail as one person gets it. */
  readonly mailBytes: number | null;
  /** What went wrong. */
  readonly message: string | null;
};

export type SummaryRuns = {
  begin(day: string, at: Temporal.Instant): number;
  finish(
    id: number,
    end: {
      readonly outcome: 'succeeded' | 'failed';
      readonly mailBytes: number | null;
      readonly message: string | null;
    },
    at: Temporal.Instant,
  ): void;
  /** Runs that a dead process left as running. The caller holds the sending lock. */
  closeAbandoned(at: Temporal.Instant): void;
  /** Newest first. */
  newest(limit: number): SummaryRun[];
  close(): void;
};

type Row = Omit<SummaryRun, 'startedAt' | 'finishedAt'> & { startedAt: string; finishedAt: string | null };

/** Opens the runs in `STATE_DIR/summaries.db`, making it when it is not there. Throws STATE_UNWRITABLE. */
export function openRuns(stateDir: string): SummaryRuns {
  const { run, rows, close } = openSummaries(stateDir);
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
      rows<Row>(
        `SELECT day, started_at AS startedAt, finished_at AS finishedAt, outcome, mail_bytes AS mailBytes, message
           FROM runs ORDER BY id DESC LIMIT ?`,
        limit,
      ).map((row) => ({
        ...row,
        startedAt: Temporal.Instant.from(row.startedAt),
        finishedAt: row.finishedAt === null ? null : Temporal.Instant.from(row.finishedAt),
      })),
    close,
  };
}

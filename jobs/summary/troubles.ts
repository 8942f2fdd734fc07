import { openSummaries } from './summaries-file.ts';

/** Whether an alert about summaries is out, and since when; so that a trouble is mailed once, and its end too. */
export type Troubles = {
  open(subject: string, at: Temporal.Instant): void;
  current(): { readonly subject: string; readonly since: Temporal.Instant } | null;
  clear(): void;
  close(): void;
};

/** Opens the troubles in `STATE_DIR/summaries.db`. Throws STATE_UNWRITABLE. */
export function openTroubles(stateDir: string): Troubles {
  const { run, rows, close } = openSummaries(stateDir);
  return {
    open: (subject, at) =>
      void run(
        `INSERT OR REPLACE INTO troubles (kind, subject, since) VALUES ('failure', ?, ?)`,
        subject,
        at.toString(),
      ),
    current() {
      const [found] = rows<{ subject: string; since: string }>('SELECT subject, since FROM troubles');
      return found === undefined ? null : { subject: found.subject, since: Temporal.Instant.from(found.since) };
    },
    clear: () => void run('DELETE FROM troubles'),
    close,
  };
}

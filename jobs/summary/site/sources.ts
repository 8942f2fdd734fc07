import type { HistoryReading } from '../../monitoring/history/history.ts';
import type { ReadOnlyArchive } from '../archive.ts';
import type { Delivery } from '../ledger.ts';
import type { SummaryRun } from '../runs.ts';

/** Where the site reads. It writes nowhere. */
export type Sources = {
  readonly archive: Pick<ReadOnlyArchive, 'pageOf' | 'days'>;
  /** What the ledger has of that day and later ones. */
  readonly deliveries: (fromDay: string) => readonly Delivery[];
  /** Runs of the summary, newest first. */
  readonly summaryRuns: (limit: number) => readonly SummaryRun[];
  /** Opens the backups' history for one look, which closes it. */
  readonly history: () => HistoryReading;
};

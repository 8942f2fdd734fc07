import type { Clock } from '../../runtime/clock.ts';
import type { Failure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { SummarySettings } from '../../settings/settings.ts';
import type { DeliveryLedger } from '../storage/ledger.ts';
import type { ReadOnlyArchive } from '../storage/page-archive.ts';
import type { SummaryRuns } from '../storage/runs.ts';
import type { BackupState } from './status/backup-states.ts';

/** What the site reads; it writes nowhere. */
export type SiteDeps = {
  readonly archive: ReadOnlyArchive;
  readonly ledger: Pick<DeliveryLedger, 'sinceDay'>;
  readonly runs: Pick<SummaryRuns, 'newest'>;
  /** The state of each database's backups now, or why it cannot be read. */
  readonly backupStates: () => Promise<readonly BackupState[] | Failure>;
  /** Where the site is served from, and what opens it. */
  readonly access: Pick<SummarySettings['summary'], 'publicUrl' | 'passwordHash' | 'signingKey'>;
  /** When summaries are due: a cron line, read in `zone`. */
  readonly schedule: string;
  readonly zone: string;
  readonly clock: Clock;
  readonly log: Log;
};

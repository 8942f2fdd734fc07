import type { Clock } from '../../runtime/clock.ts';
import { asFailure } from '../../runtime/errors.ts';
import type { SummarySettings } from '../../settings/settings.ts';
import { type BackupStatusSettings, readBackupStatus } from '../backup-status.ts';
import { readReport } from '../report/read-report.ts';
import { backupLine } from './backup-line.ts';
import { makePage } from './make-page.ts';
import type { SummaryPage } from './page-model.ts';

type DayPageSettings = BackupStatusSettings & {
  readonly summary: Pick<SummarySettings['summary'], 'report'>;
};

/**
 * Makes the page of a local day from the first database, the report file and the backups' history; stores and sends nothing.
 * Throws DATABASE_*, REPORT_* and AbortError.
 */
export async function makeDayPage(
  day: string,
  settings: DayPageSettings,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<SummaryPage> {
  const [database] = settings.databases;
  if (database === undefined) throw new Error('settings always name a database');
  const { report } = settings.summary;
  return makePage(day, {
    database,
    report: report === null ? null : await readReport(report),
    zone: settings.zone,
    clock,
    backup: await readBackupLine(settings, clock.now()),
    signal,
  });
}

/** The summary goes out even when the backups' history cannot be read. */
async function readBackupLine(settings: BackupStatusSettings, now: Temporal.Instant): Promise<SummaryPage['backup']> {
  const status = await readBackupStatus(settings, now, (current) => current).catch(asFailure);
  if (status instanceof Error) return backupLine(status);
  return backupLine({ databases: status.databases, now, limitSeconds: status.ageLimitSeconds });
}

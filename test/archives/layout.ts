import { layoutBelow, type PeriodKind, periodKindsOf } from '../../jobs/archives/backup-kinds.ts';

/** The keys of a host that sets no BACKUP_PREFIX. */
export const layout = layoutBelow('sqlite-backups/');

export const { daily, kinds } = layout;

export const weekly = periodKindsOf(kinds)[0] as PeriodKind;

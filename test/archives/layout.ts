import { layoutBelow, type PeriodKind, periodKindsOf } from '../../jobs/archives/backup-kinds.ts';

/** The keys of a host that sets no BACKUP_PREFIX. */
export const layout = layoutBelow('sqlite-backups/');

export const { daily, kinds } = layout;

export const [weekly, monthly, yearly] = periodKindsOf(kinds) as [PeriodKind, PeriodKind, PeriodKind];

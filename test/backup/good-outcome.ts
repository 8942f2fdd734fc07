import type { BackupResult } from '../../jobs/backup/backup.ts';

/** What a run returns that went well in every way, beside the key of its backup. */
export const goodResult = {
  verification: 'verified',
  suspicion: null,
  findings: [],
  findingKinds: 0,
  disproved: [],
  storeEmptied: null,
  housekeeping: null,
} as const satisfies Omit<BackupResult, 'key'>;

/** The same as the service sees it. */
export const goodOutcome = (key: string) => ({ kind: 'succeeded', key, ...goodResult, unrecorded: null }) as const;

import type { ReadOnlyHistory } from '../../platform/history.ts';
import type { ReadOnlyArchive } from '../archive.ts';
import type { ReadOnlyLedger } from '../ledger.ts';

/** Where the site reads. It writes nowhere. */
export type Sources = {
  readonly archive: Pick<ReadOnlyArchive, 'pageOf' | 'days'>;
  readonly ledger: Pick<ReadOnlyLedger, 'since'>;
  /** Opens the backups' history for one look, which closes it; null when no backup ever ran. */
  readonly history: () => ReadOnlyHistory | null;
};

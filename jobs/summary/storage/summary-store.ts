import { type AlertBudgetStore, alertBudgetStore } from './alert-budget.ts';
import { openDatabase, openDatabaseReadOnly, type SummaryDatabase } from './connection.ts';
import { type DeliveryLedger, deliveryLedger, type ReadOnlyLedger } from './ledger.ts';
import { type PageArchive, pageArchive, type ReadOnlyArchive } from './page-archive.ts';
import { type SummaryRuns, summaryRuns } from './runs.ts';

/** All that the summary remembers, in `STATE_DIR/summaries.db`, by one connection. */
export type SummaryStore = {
  /** To whom which day's summary went. */
  readonly ledger: DeliveryLedger;
  /** The pages as they were sent. */
  readonly archive: PageArchive;
  readonly runs: SummaryRuns;
  /** What the alerts remember from day to day. */
  readonly alertBudget: AlertBudgetStore;
  close(): void;
};

export type ReadOnlySummaryStore = {
  readonly ledger: ReadOnlyLedger;
  readonly archive: ReadOnlyArchive;
  readonly runs: Pick<SummaryRuns, 'newest'>;
  close(): void;
};

/** Opens the store, creating it when there is none. Throws STATE_UNWRITABLE and LEDGER_DAMAGED. */
export function openSummaryStore(stateDir: string): SummaryStore {
  return storeOf(openDatabase(stateDir));
}

/** Opens an existing store for reading only; null when no summary was ever made here. Throws as `openSummaryStore` does. */
export function openSummaryStoreReadOnly(stateDir: string): ReadOnlySummaryStore | null {
  const database = openDatabaseReadOnly(stateDir);
  return database === null ? null : storeOf(database);
}

function storeOf(database: SummaryDatabase): SummaryStore {
  return {
    ledger: deliveryLedger(database),
    archive: pageArchive(database),
    runs: summaryRuns(database),
    alertBudget: alertBudgetStore(database),
    close: database.close,
  };
}

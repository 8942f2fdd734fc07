import type { FailureCode } from '../runtime/errors.ts';
import { openSummaries, readSummaries, type SummariesFile } from './summaries-file.ts';

/**
 * `pending`: not handed over, may be tried again. `sending`: under way. `accepted`: the server took it. `rejected`: it
 * said no for good. `uncertain`: nobody can know, so it is never sent again by itself.
 */
export type DeliveryState = 'pending' | 'sending' | 'accepted' | 'rejected' | 'uncertain';

/** One recipient's mail about one local day. */
export type Delivery = {
  readonly day: string;
  readonly recipient: string;
  readonly state: DeliveryState;
  /** When it came into this state. */
  readonly at: Temporal.Instant;
  readonly tries: number;
  /** What the server said, or why it did not go out. */
  readonly said: string | null;
  readonly code: FailureCode | null;
};

/** To whom which day's summary went. There is at most one delivery a day and recipient. */
export type Ledger = {
  /** Notes who is to get a day's mail: those not yet in the ledger become `pending`. */
  expect(day: string, recipients: readonly string[], at: Temporal.Instant): void;
  /** Moves a delivery to `sending` when it is in one of the states `from`; false leaves it as it is. */
  claim(day: string, recipient: string, from: readonly DeliveryState[], at: Temporal.Instant): boolean;
  /** How the delivery that was claimed ended. */
  settle(
    day: string,
    recipient: string,
    end: {
      readonly state: Exclude<DeliveryState, 'sending'>;
      readonly said: string;
      readonly code: FailureCode | null;
    },
    at: Temporal.Instant,
  ): void;
  /** What a dead process left as `sending` becomes `uncertain`. The caller holds the sending lock. */
  closeAbandoned(at: Temporal.Instant): number;
  of(day: string): Delivery[];
  /** Deliveries of that day and later ones, newest day first. */
  since(day: string): Delivery[];
  /** Nothing was ever sent from here. */
  isEmpty(): boolean;
  /** Whether it knows an earlier day than this one. */
  hasBefore(day: string): boolean;
  close(): void;
};

export type ReadOnlyLedger = Pick<Ledger, 'of' | 'since' | 'isEmpty' | 'close'>;

/** Whether an address is among others; a mailbox is the same however it is capitalised, and gets one mail. */
export function isAmong(addresses: readonly string[], address: string): boolean {
  return addresses.some((other) => other.toLowerCase() === address.toLowerCase());
}

/** There is one report today; the name is in the key so that a second one can come. */
const report = 'daily';

const abandoned = 'The process ended while it was sending; it may or may not have arrived.';

/** Opens the ledger in `STATE_DIR/summaries.db`, making it when it is not there. Throws STATE_UNWRITABLE. */
export function openLedger(stateDir: string): Ledger {
  return ledgerOf(openSummaries(stateDir));
}

/** Opens an existing ledger for reading only; null when nothing was ever sent from here. */
export function readLedger(stateDir: string): ReadOnlyLedger | null {
  const file = readSummaries(stateDir);
  return file === null ? null : ledgerOf(file);
}

function ledgerOf({ run, rows, close }: SummariesFile): Ledger {
  const found = (where: string, ...values: readonly unknown[]) =>
    rows<Omit<Delivery, 'at'> & { at: string }>(
      `SELECT day, recipient, state, at, tries, said, code FROM deliveries WHERE report = '${report}' AND ${where}
         ORDER BY day DESC, recipient`,
      ...values,
    ).map((row): Delivery => ({ ...row, at: Temporal.Instant.from(row.at) }));
  return {
    expect(day, recipients, at) {
      for (const recipient of recipients) {
        run(
          `INSERT OR IGNORE INTO deliveries (report, day, recipient, state, at, tries) VALUES ('${report}', ?, ?, 'pending', ?, 0)`,
          day,
          recipient,
          at.toString(),
        );
      }
    },
    claim(day, recipient, from, at) {
      const states = from.map((state) => `'${state}'`).join(', ');
      const { changes } = run(
        `UPDATE deliveries SET state = 'sending', at = ?, tries = tries + 1
           WHERE report = '${report}' AND day = ? AND recipient = ? AND state IN (${states})`,
        at.toString(),
        day,
        recipient,
      );
      return changes === 1;
    },
    settle: (day, recipient, { state, said, code }, at) =>
      void run(
        `UPDATE deliveries SET state = ?, said = ?, code = ?, at = ? WHERE report = '${report}' AND day = ? AND recipient = ?`,
        state,
        said,
        code,
        at.toString(),
        day,
        recipient,
      ),
    closeAbandoned: (at) =>
      run(
        `UPDATE deliveries SET state = 'uncertain', said = ?, code = 'MAIL_UNCERTAIN', at = ?
           WHERE report = '${report}' AND state = 'sending'`,
        abandoned,
        at.toString(),
      ).changes,
    of: (day) => found('day = ?', day),
    since: (day) => found('day >= ?', day),
    isEmpty: () => found('TRUE').length === 0,
    hasBefore: (day) => found('day < ?', day).length > 0,
    close,
  };
}

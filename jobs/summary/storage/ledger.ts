import type { FailureCode } from '../../runtime/errors.ts';
import type { SummaryDatabase } from './connection.ts';

/**
 * `pending`: not handed over, may be tried again. `sending`: under way. `accepted`: the server accepted it. `written`: a file
 * in the outbox, for want of a mail server. `rejected`: it refused it for good. `uncertain`: it may have arrived, so it is
 * never resent automatically. `missed`: a `pending` one that nothing tries any more; only shown, never stored.
 */
export type DeliveryState = 'pending' | 'sending' | 'accepted' | 'written' | 'rejected' | 'uncertain' | 'missed';

/** One recipient's mail about one local day. */
export type SummaryDelivery = {
  readonly day: string;
  readonly recipient: string;
  readonly state: DeliveryState;
  /** When it came into this state. */
  readonly at: Temporal.Instant;
  readonly tries: number;
  /** The server's reply, or why it was not sent. */
  readonly reply: string | null;
  readonly code: FailureCode | null;
};

/** The mail is where the settings let it go: the server accepted it, or without one it is in the outbox. */
export function isDelivered({ state }: Pick<SummaryDelivery, 'state'>): boolean {
  return state === 'accepted' || state === 'written';
}

/** To whom which day's summary went: at most one delivery a day and recipient. */
export type DeliveryLedger = {
  /** Adds recipients of a day's mail as `pending`; those in the ledger stay as they are. */
  addPending(day: string, recipients: readonly string[], at: Temporal.Instant): void;
  /** Moves a delivery to `sending` when it is in one of the states `from`; false leaves it as it is. */
  claim(day: string, recipient: string, from: readonly DeliveryState[], at: Temporal.Instant): boolean;
  /** Records the result of a claimed delivery. */
  finish(
    day: string,
    recipient: string,
    result: {
      readonly state: Exclude<DeliveryState, 'sending'>;
      readonly reply: string;
      readonly code: FailureCode | null;
    },
    at: Temporal.Instant,
  ): void;
  /** Deliveries that a dead process left as `sending` become `uncertain`; returns how many. The caller holds the sending lock. */
  closeAbandoned(at: Temporal.Instant): number;
  ofDay(day: string): SummaryDelivery[];
  /** Deliveries of that day and later ones, newest day first. */
  sinceDay(day: string): SummaryDelivery[];
  /** Nothing was ever sent. */
  isEmpty(): boolean;
  /** Whether it has deliveries of earlier days. */
  hasEarlierThan(day: string): boolean;
  /** Records that what was sent before `at` is not known: an empty ledger is begun by hand. */
  recordBegin(at: Temporal.Instant): void;
  /** When it was begun by hand, or last brought back from a backup: what was sent before, it may not know. Null: neither. */
  knowsSince(): Temporal.Instant | null;
};

export type ReadOnlyLedger = Pick<DeliveryLedger, 'ofDay' | 'sinceDay' | 'isEmpty' | 'knowsSince'>;

/** The ledger for people, with its deliveries as `shown` returns them. */
export function showDeliveries(
  { ofDay, sinceDay, isEmpty, knowsSince }: ReadOnlyLedger,
  shown: (deliveries: SummaryDelivery[]) => SummaryDelivery[],
): ReadOnlyLedger {
  return { ofDay: (day) => shown(ofDay(day)), sinceDay: (day) => shown(sinceDay(day)), isEmpty, knowsSince };
}

/**
 * The ledger with what a dead process left as `sending` shown as `uncertain`, which the next sender records. `isNobodySending`
 * says whether that is so now.
 */
export function withAbandoned(ledger: ReadOnlyLedger, isNobodySending: () => boolean): ReadOnlyLedger {
  const sending = ledger.sinceDay('').filter(({ state }) => state === 'sending');
  if (sending.length === 0 || !isNobodySending()) return ledger;
  // Still the same after that look: else another process began, or finished, meanwhile.
  const isSame = (one: SummaryDelivery, other: SummaryDelivery) =>
    one.day === other.day && one.recipient === other.recipient && one.at.equals(other.at);
  const shown = (delivery: SummaryDelivery): SummaryDelivery =>
    delivery.state === 'sending' && sending.some((one) => isSame(one, delivery))
      ? { ...delivery, state: 'uncertain', reply: abandoned, code: 'MAIL_UNCERTAIN' }
      : delivery;
  return showDeliveries(ledger, (deliveries) => deliveries.map(shown));
}

/** There is one report today; the name is in the key so that a second one can come. */
const report = 'daily';

const abandoned = 'The process ended while it was sending; it may or may not have arrived.';

export function deliveryLedger({ run, rows }: SummaryDatabase): DeliveryLedger {
  const select = (where: string, ...values: readonly unknown[]) =>
    rows<Omit<SummaryDelivery, 'at'> & { at: string }>(
      `SELECT day, recipient, state, at, tries, reply, code FROM deliveries WHERE report = '${report}' AND ${where}
         ORDER BY day DESC, recipient`,
      ...values,
    ).map((row): SummaryDelivery => ({ ...row, at: Temporal.Instant.from(row.at) }));
  const exists = (where: string, ...values: readonly unknown[]) =>
    rows<{ found: number }>(
      `SELECT EXISTS (SELECT 1 FROM deliveries WHERE report = '${report}' AND ${where}) AS found`,
      ...values,
    )[0]?.found === 1;
  return {
    addPending(day, recipients, at) {
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
    finish: (day, recipient, { state, reply, code }, at) =>
      void run(
        `UPDATE deliveries SET state = ?, reply = ?, code = ?, at = ? WHERE report = '${report}' AND day = ? AND recipient = ?`,
        state,
        reply,
        code,
        at.toString(),
        day,
        recipient,
      ),
    closeAbandoned: (at) =>
      run(
        `UPDATE deliveries SET state = 'uncertain', reply = ?, code = 'MAIL_UNCERTAIN', at = ?
           WHERE report = '${report}' AND state = 'sending'`,
        abandoned,
        at.toString(),
      ).changes,
    ofDay: (day) => select('day = ?', day),
    sinceDay: (day) => select('day >= ?', day),
    isEmpty: () => !exists('TRUE'),
    hasEarlierThan: (day) => exists('day < ?', day),
    recordBegin: (at) =>
      void run('INSERT OR REPLACE INTO restored (taken_at, at) VALUES (?, ?)', at.toString(), at.toString()),
    knowsSince() {
      // A ledger that is only read may be of before there was such a table.
      const [table] = rows(`SELECT 1 FROM sqlite_master WHERE name = 'restored'`);
      const [last] =
        table === undefined ? [] : rows<{ at: string }>('SELECT max(at) AS at FROM restored WHERE at IS NOT NULL');
      return last?.at ? Temporal.Instant.from(last.at) : null;
    },
  };
}

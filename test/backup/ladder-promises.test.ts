import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PeriodKind, type RetentionLimits, runRungs } from '../../jobs/archives/backup-kinds.ts';
import { ladderRetention } from '../../jobs/backup/retention/ladder.ts';
import { periodBackupsDue } from '../../jobs/backup/retention/period-backups-due.ts';
import { limitedRungs, limitOf } from '../../jobs/backup/retention/prune.ts';
import { dailyRetention, periodRetention } from '../../jobs/backup/retention/retention.ts';
import { monthly, weekly, yearly } from '../archives/layout.ts';

type Backup = { readonly key: string; readonly isGood: true; readonly date: { readonly takenAt: Temporal.Instant } };
type Bucket = { readonly runs: readonly Backup[]; readonly periods: ReadonlyMap<PeriodKind, ReadonlySet<string>> };
type Step = { readonly minutes: number; readonly zone: string };

const kinds = [weekly, monthly, yearly];
const start = Temporal.Instant.from('2025-11-01T00:00Z');
const empty: Bucket = { runs: [], periods: new Map(kinds.map((kind) => [kind, new Set()])) };

/** A run: store, copies of longer periods, prune, in the order of a real one. */
function afterRun(bucket: Bucket, takenAt: Temporal.Instant, zone: string, retention: RetentionLimits): Bucket {
  const added: Backup = { key: `${takenAt} #${bucket.runs.length}`, isGood: true, date: { takenAt } };
  const runs = [...bucket.runs, added];
  const today = takenAt.toZonedDateTimeISO(zone).toPlainDate();
  const periods = kinds.map((kind) => {
    const existing = bucket.periods.get(kind) ?? new Set();
    const limit = limitOf(kind, retention);
    const made = periodBackupsDue(kind, runs, { existing, today, zone, limit }).map(({ period }) => period);
    const all = [...existing, ...made].map((period) => ({ key: period, period }));
    const kept = periodRetention(kind, all, limit).filter(({ keep }) => keep);
    return [kind, new Set(kept.map(({ key }) => key))] as const;
  });
  const options = { lastGood: added.key, zone };
  const decisions =
    retention.hourly === 0
      ? dailyRetention(runs, { limit: retention.daily, ...options })
      : ladderRetention(runs, { rungs: limitedRungs(retention), ...options });
  const kept = new Set(decisions.filter(({ keep }) => keep).map(({ key }) => key));
  return { runs: runs.filter(({ key }) => kept.has(key)), periods: new Map(periods) };
}

const limits = fc.record({
  hourly: fc.integer({ min: 0, max: 30 }),
  daily: fc.integer({ min: 1, max: 25 }),
  weekly: fc.constantFrom(null, 1, 3),
  monthly: fc.integer({ min: 0, max: 4 }),
  yearly: fc.integer({ min: 0, max: 2 }),
});
const gap = fc.oneof(
  fc.constant(60),
  fc.integer({ min: 1, max: 59 }),
  fc.integer({ min: 60, max: 3 * 1440 }),
  fc.integer({ min: 1440, max: 60 * 1440 }),
);
const steady = fc.array(fc.record({ minutes: gap, zone: fc.constant('Europe/Berlin') }), { maxLength: 60 });
const unsteady = fc.array(
  fc.record({
    minutes: fc.oneof(gap, fc.integer({ min: -20 * 60, max: -1 })),
    zone: fc.constantFrom('Europe/Berlin', 'Asia/Kuala_Lumpur', 'Asia/Kolkata', 'America/Los_Angeles'),
  }),
  { maxLength: 40 },
);

function* bucketsAfter(steps: readonly Step[], retention: RetentionLimits) {
  let bucket = empty;
  let now = start;
  for (const { minutes, zone } of steps) {
    now = now.add({ minutes });
    const before = bucket;
    bucket = afterRun(bucket, now, zone, retention);
    yield { before, bucket, now, zone };
  }
}

/** The periods of a rung among some instants, the newest first, with the newest instant of each. */
function newestOf(
  instants: readonly Temporal.Instant[],
  periodOf: (at: Temporal.ZonedDateTime) => string,
  zone: string,
) {
  const newestFirst = instants.toSorted((a, b) => Temporal.Instant.compare(b, a));
  return [...Map.groupBy(newestFirst, (at) => periodOf(at.toZonedDateTimeISO(zone)))].map(([period, [newest]]) => ({
    period,
    newest: String(newest),
  }));
}

const takenAts = ({ runs }: Bucket) => runs.map(({ date }) => date.takenAt);

test('hours and days: for any gaps and redeploys, the newest run of each of the newest so many is there', () => {
  fc.assert(
    fc.property(steady, limits, (steps, retention) => {
      const ever: Temporal.Instant[] = [];
      for (const { bucket, now, zone } of bucketsAfter(steps, retention)) {
        ever.push(now);
        const there = new Set(takenAts(bucket).map(String));
        if (retention.hourly === 0) assert.equal(there.size, Math.min(retention.daily, ever.length));
        else {
          for (const rung of limitedRungs(retention))
            for (const { newest } of newestOf(ever, rung.periodOf, zone).slice(0, rung.limit))
              assert.ok(there.has(newest), `${rung.name} ${newest}`);
          assert.ok(there.size <= retention.hourly + retention.daily);
        }
      }
    }),
  );
});

test('clock and zone changes: no run takes away the newest of an hour or a day that its rung promises, or the run itself', () => {
  fc.assert(
    fc.property(unsteady, limits, (steps, retention) => {
      for (const { before, bucket, now, zone } of bucketsAfter(steps, retention)) {
        const there = new Set(takenAts(bucket).map(String));
        assert.ok(there.has(String(now)));
        if (retention.hourly === 0) continue;
        for (const rung of limitedRungs(retention))
          for (const { newest } of newestOf([...takenAts(before), now], rung.periodOf, zone).slice(0, rung.limit))
            assert.ok(there.has(newest), `${rung.name} ${newest}`);
      }
    }),
  );
});

test('weeks, months, years: for any gaps, redeploys and clocks, each of the newest past periods with a run has its copy', () => {
  fc.assert(
    fc.property(steady, limits, (steps, retention) => {
      const ever: Temporal.Instant[] = [];
      for (const { bucket, now, zone } of bucketsAfter(steps, retention)) {
        ever.push(now);
        const today = now.toZonedDateTimeISO(zone).toPlainDate();
        for (const kind of kinds) {
          const limit = limitOf(kind, retention);
          const there = bucket.periods.get(kind) ?? new Set();
          const periods = newestOf(ever, (at) => kind.periodOf(at.toPlainDate()), zone).map(({ period }) => period);
          const past = periods.filter((period) => period < kind.periodOf(today));
          const isLastDay = kind.datesOf(kind.periodOf(today)).last.equals(today);
          const promised = isLastDay ? [kind.periodOf(today), ...past] : past;
          assert.deepEqual([...there].toSorted().toReversed(), promised.slice(0, limit ?? undefined), kind.name);
        }
      }
    }),
  );
});

test('after a zone or clock change every past period of what lies in the bucket has its copy still', () => {
  fc.assert(
    fc.property(unsteady, limits, (steps, retention) => {
      for (const { before, bucket, now, zone } of bucketsAfter(steps, retention)) {
        const current = now.toZonedDateTimeISO(zone).toPlainDate();
        for (const kind of kinds) {
          const limit = limitOf(kind, retention);
          if (limit !== null) continue;
          const there = bucket.periods.get(kind) ?? new Set();
          for (const at of takenAts(before)) {
            const period = kind.periodOf(at.toZonedDateTimeISO(zone).toPlainDate());
            if (period < kind.periodOf(current)) assert.ok(there.has(period), `${kind.name} ${period}`);
          }
          for (const period of before.periods.get(kind) ?? []) assert.ok(there.has(period), 'a copy is lost');
        }
      }
    }),
  );
});

test('a rung that is off removes nothing, and the rungs of runs are in the order of their periods', () => {
  assert.deepEqual(periodRetention(yearly, [{ key: 'a', period: '2024' }], 0), [
    { key: 'a', keep: true, reason: 'no yearlies are made or removed now' },
  ]);
  assert.deepEqual(
    runRungs.map(({ period }) => period),
    ['hour', 'day'],
  );
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AlertBudget, alertBudgetSchema, emptyBudget } from '../../jobs/monitoring/alerts/alert-budget.ts';
import { type AlertReason, decideAlert } from '../../jobs/monitoring/alerts/alert-decision.ts';

const start = Temporal.Instant.from('2025-11-01T18:00:00Z');

/** One run: hours after the start, what is wrong (`!x` is an event), and whether a channel takes a mail. */
type AlertRound = readonly [hours: number, wrong: string, isTaken?: boolean];
type SentMail = { readonly hours: number; readonly reason: AlertReason; readonly wrong: string };

/** The mails that go out over these runs. */
function mailsOf(runs: readonly AlertRound[]): SentMail[] {
  let budget: AlertBudget = emptyBudget;
  const mails: SentMail[] = [];
  for (const [hours, wrong, isTaken = true] of runs) {
    const causes = wrong === '' ? [] : wrong.split('+').map((kind) => ({ kind, isEvent: kind.startsWith('!') }));
    const decision = decideAlert(budget, causes, start.add({ seconds: Math.round(hours * 3600) }));
    const isSent = decision.reason !== null && isTaken;
    if (decision.reason !== null && isTaken) mails.push({ hours, reason: decision.reason, wrong });
    // As it is between two processes: through JSON.
    budget = alertBudgetSchema.parse(JSON.parse(JSON.stringify(isSent ? decision.budgetIfSent : decision.budget)));
  }
  return mails;
}

const decisionsOf = (runs: readonly AlertRound[]) =>
  mailsOf(runs).map(({ hours, reason, wrong }) => `${hours} ${reason} ${wrong}`.trim());
const runsOf = (count: number, wrongOf: (night: number) => string): AlertRound[] =>
  Array.from({ length: count }, (_, night) => [night * 24, wrongOf(night)]);

describe('which runs are mailed', () => {
  const cases: [string, readonly AlertRound[], string[]][] = [
    ['nothing is wrong', runsOf(5, () => ''), []],
    [
      'a failure of 30 days: the first run, after 1, 3 and 7 days, then weekly',
      runsOf(30, () => 'a'),
      [
        '0 new a',
        '24 reminder a',
        '72 reminder a',
        '168 reminder a',
        '336 reminder a',
        '504 reminder a',
        '672 reminder a',
      ],
    ],
    [
      'the same though every run ends a little earlier than the one before',
      Array.from({ length: 15 }, (_, night): AlertRound => [night * 24 - night * 0.05, 'a']),
      ['0 new a', '23.95 reminder a', '71.85 reminder a', '167.65 reminder a', '335.3 reminder a'],
    ],
    [
      'tries within the day report nothing new',
      [
        [0, 'a'],
        [0.1, 'a'],
        [0.4, 'a'],
        [1.4, 'a'],
      ],
      ['0 new a'],
    ],
    [
      'a second, different failure is reported at once',
      [
        [0, 'a'],
        [0.1, 'b'],
      ],
      ['0 new a', '0.1 changed b'],
    ],
    [
      'one more database fails',
      [
        [0, 'a'],
        [24, 'a+b'],
      ],
      ['0 new a', '24 changed a+b'],
    ],
    [
      'one of two is well again: the next reminder says so',
      [
        [0, 'a+b'],
        [3, 'a'],
        [24, 'a'],
      ],
      ['0 new a+b', '24 reminder a'],
    ],
    [
      'the all-clear comes after the second good run',
      [
        [0, 'a'],
        [0.1, ''],
        [24, ''],
        [48, ''],
      ],
      ['0 new a', '24 all-clear'],
    ],
    [
      'one good run between two bad ones is no all-clear',
      runsOf(4, (night) => (night % 2 === 0 ? 'a' : '')),
      ['0 new a', '48 reminder a'],
    ],
    [
      'a month that fails every other night: the reminders, and nothing else',
      runsOf(30, (night) => (night % 2 === 0 ? 'a' : '')),
      [
        '0 new a',
        '48 reminder a',
        '96 reminder a',
        '192 reminder a',
        '336 reminder a',
        '528 reminder a',
        '672 reminder a',
      ],
    ],
    [
      'a failure a week after the last is a new one',
      [
        [0, 'a'],
        [24, ''],
        [48, ''],
        [216, 'a'],
      ],
      ['0 new a', '48 all-clear', '216 new a'],
    ],
    [
      'a different failure hours after the all-clear is reported at once',
      [
        [0, 'a'],
        [1, ''],
        [2, ''],
        [3, 'b'],
      ],
      ['0 new a', '2 all-clear', '3 new b'],
    ],
    [
      'the same failure hours after the all-clear waits until the day is over',
      [
        [0, 'a'],
        [1, ''],
        [2, ''],
        [3, 'a'],
        [25, 'a'],
        [26, 'a'],
      ],
      ['0 new a', '2 all-clear', '26 new a'],
    ],
    [
      'and is not reported at all when it is over before that',
      [
        [0, 'a'],
        [1, ''],
        [2, ''],
        [3, 'a'],
        [4, ''],
        [5, ''],
        [30, ''],
      ],
      ['0 new a', '2 all-clear'],
    ],
    [
      'the same failure the night after the all-clear is reported at once, though that night ended earlier',
      [
        [0, 'a'],
        [24, ''],
        [48, ''],
        [71.5, 'a'],
      ],
      ['0 new a', '48 all-clear', '71.5 new a'],
    ],
    [
      'nobody took the mail: it goes out with the first run that reaches somebody',
      [
        [0, 'a', false],
        [24, 'a', false],
        [48, 'a'],
      ],
      ['48 new a'],
    ],
    [
      'nobody was ever reported: the end is no news',
      [
        [0, 'a', false],
        [24, ''],
        [48, ''],
      ],
      [],
    ],
    [
      'the all-clear that nobody took goes out later',
      [
        [0, 'a'],
        [24, ''],
        [48, '', false],
        [72, ''],
      ],
      ['0 new a', '72 all-clear'],
    ],
    [
      'an event is reported once, and has no all-clear',
      [
        [0, '!e'],
        [24, ''],
        [48, ''],
        [72, ''],
      ],
      ['0 new !e'],
    ],
    [
      'an event beside a failure has one',
      [
        [0, '!e+a'],
        [24, 'a'],
        [48, ''],
        [72, ''],
      ],
      ['0 new !e+a', '24 reminder a', '72 all-clear'],
    ],
  ];
  for (const [title, runs, expected] of cases) test(title, () => assert.deepEqual(decisionsOf(runs), expected));
});

const kinds = ['', '', 'a', 'b', 'a+b'];
const runs = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom(...kinds)), { maxLength: 120 });
/** Steps in hours become hours since the start. */
const placed = (steps: readonly (readonly [number, string])[]): AlertRound[] => {
  let hours = 0;
  return steps.map(([step, wrong]): AlertRound => {
    hours += step;
    return [hours, wrong];
  });
};

test('whatever comes and goes, no more than one mail a day is sent, but for what was not reported before and its end', () => {
  fc.assert(
    fc.property(runs, (steps) => {
      const mails = mailsOf(placed(steps));
      return mails.every(({ hours, reason }, index) => {
        const before = mails.slice(0, index).filter((other) => hours - other.hours < 22);
        // Two kinds, and one all-clear of an outage that came out of the blue.
        return before.length <= 3 && (before.length === 0 || reason !== 'reminder');
      });
    }),
    { numRuns: 2000 },
  );
});

test('with one kind that comes and goes every hour or so for weeks, there is one mail a day', () => {
  const hourly = fc.array(fc.constantFrom('', 'a'), { minLength: 24, maxLength: 24 * 14 });
  fc.assert(
    fc.property(hourly, (wrong) => {
      const mails = mailsOf(wrong.map((kind, hour) => [hour, kind] as const));
      // The first failure and its all-clear are no flapping yet.
      const rest = mails.slice(2).map(({ hours }) => hours);
      return rest.every((hours, index) => index === 0 || hours - (rest[index - 1] ?? 0) >= 22);
    }),
    { numRuns: 500 },
  );
});

test('what lasts is always reported: no two runs a day apart see the same thing wrong without a mail about it', () => {
  fc.assert(
    fc.property(runs, fc.constantFrom('a', 'b'), (steps, kind) => {
      const before = placed(steps);
      const at = (before.at(-1)?.[0] ?? 0) + 1;
      const lasting: AlertRound[] = [
        [at, kind],
        [at + 24, kind],
        [at + 48, kind],
      ];
      const mails = mailsOf([...before, ...lasting]);
      const lastBad = mails.findLast(({ wrong }) => wrong.split('+').includes(kind));
      return lastBad !== undefined && mails.at(-1)?.reason !== 'all-clear';
    }),
    { numRuns: 2000 },
  );
});

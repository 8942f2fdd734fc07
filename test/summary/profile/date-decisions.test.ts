import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DateFacts } from '../../../jobs/summary/profile/dates/date-facts.ts';
import { dayOrder } from '../../../jobs/summary/profile/dates/day-order.ts';
import { naiveZone } from '../../../jobs/summary/profile/dates/naive-zone.ts';

const hour = 3600;
/** 25 November 2025, 08:00 in Kuala Lumpur. */
const lastWrite = Date.parse('2025-11-25T00:00:00Z') / 1000;

function factsOf(forms: Record<string, number>, changes: Partial<DateFacts> = {}): DateFacts {
  return {
    forms: Object.entries(forms).map(([form, count]) => ({
      form,
      separator: ' ',
      isSortable: false,
      isZulu: false,
      count,
      newest: { dmy: '2025-11-24', mdy: '2025-11-24' },
    })),
    blank: 0,
    unfit: 0,
    hours: Array.from({ length: 24 }, () => 10),
    newestNaive: null,
    ...changes,
  };
}

const orders: [string, Record<string, number>, 'dmy' | 'mdy', boolean][] = [
  ['one that can only be a day', { 'slash date': 40, 'slash-day date': 1 }, 'dmy', true],
  ['one that can only be a month', { 'slash time': 40, 'slash-month time': 1 }, 'mdy', true],
  ['both kinds', { 'slash date': 4, 'slash-day date': 50, 'slash-month date': 1 }, 'dmy', false],
  ['both kinds, and none that is open', { 'slash-day date': 50, 'slash-month date': 1 }, 'dmy', true],
  ['none that decides', { 'slash date': 40 }, 'dmy', false],
  ['ISO dates alone', { 'iso date': 40 }, 'dmy', true],
];
for (const [what, forms, order, isSure] of orders) {
  test(`day or month first: ${what}`, () => {
    const decided = dayOrder(factsOf(forms), [], '2025-11-25');
    assert.deepEqual([decided.order, decided.isSure], [order, isSure]);
  });
}

test('day or month first: an order in which days would lie in the future is not the one', () => {
  const facts = factsOf({ 'slash date': 40 });
  const forms = facts.forms.map((one) => ({ ...one, newest: { dmy: '2025-11-05', mdy: '2026-05-11' } }));
  assert.deepEqual(dayOrder({ ...facts, forms }, [], '2025-11-25').isSure, true);
});

test('day or month first: rows lie in the order of their days', () => {
  const sample = Array.from(
    { length: 24 },
    (_, row) => `${String(12 - (row % 12)).padStart(2, '0')}/${row < 12 ? '11' : '10'}/2025`,
  );
  const decided = dayOrder(factsOf({ 'slash date': 24 }), sample, '2025-12-31');
  assert.deepEqual([decided.order, decided.isSure], ['dmy', true]);
});

const evidence = {
  facts: factsOf({ 'iso time': 240 }),
  column: 'created_at',
  defaultSql: null,
  framework: null,
  lastWrite,
  offset: 8 * hour,
  ahead: null,
};
const daytime = Array.from({ length: 24 }, (_, at) => (at >= 9 && at < 21 ? 20 : 0));
const zones: [string, Partial<typeof evidence> | object, 'local' | 'UTC', boolean][] = [
  ['nothing tells', {}, 'local', false],
  ['a framework', { framework: 'Django' }, 'UTC', true],
  ['SQLite itself', { defaultSql: 'CURRENT_TIMESTAMP' }, 'UTC', true],
  ['SQLite, told to write local time', { defaultSql: "datetime('now', 'localtime')" }, 'local', true],
  ['its name', { column: 'Created date (UTC)' }, 'UTC', true],
  ['another column in UTC at the same instants', { ahead: 8 * hour }, 'local', true],
  ['another column at the same numbers', { ahead: 1 }, 'UTC', true],
  [
    'the newest a minute before the last write as UTC',
    { facts: factsOf({}, { newestNaive: lastWrite - 60 }) },
    'UTC',
    true,
  ],
  [
    'the newest after the last write as UTC',
    { facts: factsOf({}, { newestNaive: lastWrite + 8 * hour - 60 }) },
    'local',
    true,
  ],
  [
    'a framework that was told its zone',
    { framework: 'Laravel', facts: factsOf({}, { newestNaive: lastWrite + 8 * hour - 60 }) },
    'local',
    true,
  ],
  ['hours of a shop', { facts: factsOf({}, { hours: daytime }) }, 'local', true],
  [
    'a shop that closes one offset before the last write',
    { facts: factsOf({}, { newestNaive: lastWrite - 60, hours: daytime }) },
    'UTC',
    false,
  ],
  [
    'hours of a shop that a framework contradicts',
    { framework: 'Django', facts: factsOf({}, { hours: daytime }) },
    'UTC',
    false,
  ],
];
for (const [what, changes, zone, isSure] of zones) {
  test(`times without a zone: ${what}`, () => {
    const decided = naiveZone({ ...evidence, ...changes });
    assert.deepEqual([decided.zone, decided.isSure], [zone, isSure]);
  });
}

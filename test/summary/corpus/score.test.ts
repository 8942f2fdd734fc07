import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Headline, KpiBlock } from '../../../jobs/summary/page/page-model.ts';
import { moneyIn } from './money-in-text.ts';
import { type ScoredSummary, scoreSummary } from './score.ts';
import type { TrueAnswers } from './true-answers.ts';

const truth: TrueAnswers = {
  amounts: [
    { currency: 'MYR', series: [80, 95, 120.5] },
    { currency: 'MYR', series: [100, 100, 140], words: /gross/i },
  ],
  counts: [{ series: [3, 4, 5], words: /orders/ }],
  stopped: false,
};
const headline: Headline = { doubts: [], kind: 'sure', amount: 120.5, currency: 'MYR', count: 5, noun: 'orders' };
const tile = (title: string, value: string, sparkline: readonly number[]): KpiBlock => ({
  kind: 'kpi',
  id: title,
  title,
  value,
  comparisons: [],
  sparkline,
  anomaly: null,
});

function score(changes: Partial<ScoredSummary>, answers: Partial<TrueAnswers> = {}) {
  const summary = {
    opening: 'Yesterday: RM 120.50 from 5 orders.',
    subject: 'Shop',
    warnings: [],
    blocks: [],
    headline,
  };
  return scoreSummary({ ...summary, ...changes }, { ...truth, ...answers });
}

const hedge = {
  headline: { ...headline, kind: 'hedged', amount: null, currency: null } as const,
  opening: '5 rows were added to orders yesterday; is total your sales?',
};
const wordsFor = (reason: string) => ({ verdict: 'false', reason });

test('the day’s amount in its currency, with the rows that make it, is true', () => {
  assert.deepEqual(score({}), { verdict: 'true', reason: 'Yesterday: RM 120.50 from 5 orders.' });
});

test('another amount, another currency, or one that nothing names, is false', () => {
  const said = (amount: number, currency: string | null) => score({ headline: { ...headline, amount, currency } });
  assert.deepEqual(said(121, 'MYR'), wordsFor('said MYR 121, true is MYR 120.5 or MYR 140'));
  assert.deepEqual(said(120.5, 'SGD'), wordsFor('said SGD 120.5, true is MYR 120.5 or MYR 140'));
  assert.deepEqual(said(120.5, null), wordsFor('said  120.5, true is MYR 120.5 or MYR 140'));
});

test('a figure with a name of its own is true only under that name', () => {
  const gross = { headline: { ...headline, amount: 140 } };
  assert.equal(score({ ...gross, opening: 'Yesterday: RM 140.00 from 5 orders.' }).verdict, 'false');
  assert.equal(score({ ...gross, opening: 'Yesterday: gross RM 140.00 from 5 orders.' }).verdict, 'true');
});

test('a true count without money is a hedge, also when it is said surely; a false one is false', () => {
  assert.deepEqual(score(hedge), { verdict: 'hedged', reason: hedge.opening });
  assert.equal(score({ ...hedge, headline: { ...hedge.headline, kind: 'sure' } }).verdict, 'hedged');
  assert.deepEqual(
    score({ ...hedge, headline: { ...hedge.headline, count: 6 } }),
    wordsFor('said 6 orders, true is 5'),
  );
});

test('a count is all there is to say where nothing is money, and a hedge there stays one', () => {
  const sure = { ...hedge, headline: { ...hedge.headline, kind: 'sure' } as const };
  assert.equal(score(sure, { amounts: [] }).verdict, 'true');
  assert.equal(score(hedge, { amounts: [] }).verdict, 'hedged');
});

test('a day without sales is said in words, and surely', () => {
  const none = { headline: { ...headline, amount: 0, count: 0 }, opening: 'Yesterday: no orders.' };
  const quiet = { amounts: [{ currency: 'MYR', series: [80, 0] }], counts: [{ series: [3, 0] }] };
  assert.deepEqual(score(none, quiet), { verdict: 'true', reason: 'Yesterday: no orders.' });
});

test('where an amount is no money, the count alone is the day’s figure', () => {
  const sure = { ...hedge, headline: { ...hedge.headline, kind: 'sure' } as const };
  assert.equal(score(sure, { amounts: [{ series: [40], isExtra: true }] }).verdict, 'true');
});

test('nothing said is absent, and true where there is nothing to say', () => {
  const absent = {
    headline: { kind: 'absent', amount: null, currency: null, count: null, noun: null, doubts: [] } as const,
    opening: 'No figures.',
  };
  assert.equal(score(absent).verdict, 'absent');
  assert.equal(score(absent, { amounts: [], counts: [] }).verdict, 'true');
});

test('money in a hedge is false, wherever it stands', () => {
  const opening = `${hedge.opening} RM 120.50`;
  assert.deepEqual(score({ ...hedge, opening }), wordsFor(`MYR 120.5 in "${opening}"`));
  assert.deepEqual(score({ ...hedge, subject: 'Shop: RM 99' }), wordsFor('MYR 99 in "Shop: RM 99"'));
  assert.deepEqual(score({ ...hedge, blocks: [tile('Total', '120.50', [])] }), wordsFor('the figure Total: 120.50'));
  const text = { kind: 'text', id: 'note', title: 'Note', text: 'RM 120.50 in all' } as const;
  assert.deepEqual(score({ ...hedge, blocks: [text] }), wordsFor('MYR 120.5 below the headline'));
});

test('a sentence that does not say the headline’s amount is false', () => {
  const opening = 'Yesterday: 5 orders.';
  assert.deepEqual(score({ opening }), wordsFor(`the headline's 120.5 is not in "${opening}"`));
});

test('a tile may show the amount and what it is a row; any other money is false', () => {
  const blocks = [tile('Sales', 'RM 120.50', [80, 95, 120.5]), tile('Average', 'RM 24.10', [])];
  assert.equal(score({ blocks }).verdict, 'true');
  assert.deepEqual(score({ blocks: [tile('Tax', 'RM 7.20', [])] }), wordsFor('the figure Tax: RM 7.20'));
});

test('the days before are as true as the day', () => {
  const blocks = [tile('Sales', 'RM 120.50', [80, 0, 120.5])];
  assert.deepEqual(score({ blocks }), wordsFor('1 days before it was 95, not 0'));
});

test('to say that data stopped is true only when it did', () => {
  const opening = 'No orders for 9 days, since Sunday, 1 November 2026: data may have stopped arriving.';
  const stale = {
    opening,
    warnings: [opening],
    headline: { kind: 'absent', amount: null, currency: null, count: null, noun: null, doubts: [] } as const,
  };
  assert.deepEqual(score(stale), wordsFor(`nothing stopped: ${opening}`));
  assert.equal(score(stale, { stopped: true }).verdict, 'true');
});

test('to say that a database with tables is empty is false', () => {
  const opening = 'The database is empty: it has no tables yet.';
  assert.deepEqual(score({ opening }), wordsFor(opening));
});

test('money is read with its currency, and what is no money is not', () => {
  assert.deepEqual(moneyIn('RM 1,234.50, $7, SGD\u00a012 and 5 orders in 2026, 12 % more, INV 5 (MYR, SGD)'), [
    { currency: 'MYR', value: 1234.5 },
    { currency: 'USD', value: 7 },
    { currency: 'SGD', value: 12 },
  ]);
});

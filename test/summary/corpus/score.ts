import type { KpiBlock, SummaryPage } from '../../../jobs/summary/page/page-model.ts';
import { moneyIn } from './money-in-text.ts';
import type { TrueAnswers, TrueFigure } from './true-answers.ts';

/** What a summary's first figures are worth: `false` is worse than saying nothing. */
export interface Score {
  readonly verdict: 'true' | 'hedged' | 'absent' | 'false';
  /** What was said that is not so; else the sentence. */
  readonly reason: string;
}

/** What the owner reads first. */
export type ScoredSummary = Pick<SummaryPage, 'opening' | 'warnings' | 'blocks' | 'headline'> & {
  readonly subject: string;
};

/** Judges what a summary says of its day (the sentence, the subject, the figures and what they are compared to). */
export function scoreSummary(summary: ScoredSummary, truth: TrueAnswers): Score {
  const reasons = [
    emptyFalsely,
    stoppedFalsely,
    amountIsFalse,
    countIsFalse,
    moneyBesideIsFalse,
    figuresAreFalse,
    historyIsFalse,
  ];
  for (const find of reasons) {
    const reason = find(summary, truth);
    if (reason !== null) return { verdict: 'false', reason };
  }
  return { verdict: rightVerdict(summary, truth), reason: summary.opening };
}

function rightVerdict({ headline, warnings }: ScoredSummary, truth: TrueAnswers): Score['verdict'] {
  if (truth.stopped && warnings.some(saysStopped)) return 'true';
  const nothingToSay = truth.amounts.length === 0 && truth.counts.length === 0;
  if (headline === undefined || headline.kind === 'absent') return nothingToSay ? 'true' : 'absent';
  if (headline.amount !== null) return 'true';
  if (headline.count === null) return 'absent';
  const nothingSold = headline.count === 0 && truth.amounts.some(({ series }) => series.at(-1) === 0);
  const countIsAll = truth.amounts.every(({ isExtra }) => isExtra === true);
  return headline.kind === 'sure' && (countIsAll || nothingSold) ? 'true' : 'hedged';
}

/** Every database here has tables. */
const emptyFalsely = ({ opening }: ScoredSummary) => (/is empty/.test(opening) ? opening : null);

const saysStopped = (text: string) => /stopped arriving/.test(text);

function stoppedFalsely({ opening, warnings }: ScoredSummary, { stopped }: TrueAnswers): string | null {
  const said = [opening, ...warnings].find(saysStopped);
  return said === undefined || stopped ? null : `nothing stopped: ${said}`;
}

const same = (a: number, b: number) => Math.abs(a - b) < 0.006;
const today = ({ series }: TrueFigure) => series.at(-1) ?? 0;

/** The true figures that the headline's amount may be, under the name that it has there. */
function matchingAmounts({ headline, opening, blocks }: ScoredSummary, { amounts }: TrueAnswers): TrueFigure[] {
  const amount = headline?.amount ?? null;
  if (amount === null) return [];
  const titles = kpis(blocks).flatMap(({ title, sparkline }) =>
    same(sparkline.at(-1) ?? Number.NaN, amount) ? [title] : [],
  );
  const words = [opening, ...titles].join('\n');
  return amounts.filter(
    (answer) =>
      same(today(answer), amount) &&
      (answer.currency ?? null) === (headline?.currency ?? null) &&
      (answer.words?.test(words) ?? true),
  );
}

function amountIsFalse(summary: ScoredSummary, truth: TrueAnswers): string | null {
  const { headline } = summary;
  if (headline === undefined || headline.amount === null) return null;
  if (headline.kind !== 'sure') return `money in a headline that is not sure: ${summary.opening}`;
  if (matchingAmounts(summary, truth).length > 0) return null;
  return `said ${headline.currency ?? ''} ${headline.amount}, true is ${truth.amounts.map(text).join(' or ') || 'no amount'}`;
}

const text = (answer: TrueFigure) => `${answer.currency ?? ''} ${today(answer)}`.trim();

function countIsFalse({ headline, opening }: ScoredSummary, { counts }: TrueAnswers): string | null {
  if (headline === undefined || headline.count === null) return null;
  const { count, noun } = headline;
  const right = counts.some(
    (answer) => today(answer) === count && (answer.words?.test(`${noun ?? ''}\n${opening}`) ?? true),
  );
  return right ? null : `said ${count} ${noun}, true is ${counts.map(today).join(' or ') || 'no count'}`;
}

/** A sentence rounds from a thousand on. */
const rounded = (shown: number, value: number) =>
  same(shown, value) || (value >= 1000 && Math.abs(shown - value) <= value * 0.0051);

/** The sentence and the subject say the headline's amount, and no other money. */
function moneyBesideIsFalse({ headline, opening, subject }: ScoredSummary): string | null {
  const amount = headline?.amount ?? null;
  for (const sentence of [opening, subject]) {
    const other = moneyIn(sentence).find(
      ({ currency, value }) => amount === null || !rounded(value, amount) || currency !== headline?.currency,
    );
    if (other !== undefined) return `${other.currency} ${other.value} in "${sentence}"`;
  }
  const numbers = [...opening.matchAll(/[\d,]*\d(?:\.\d+)?/g)].map(([digits]) => Number(digits.replaceAll(',', '')));
  const isNothing = amount === 0 && /\bno\b/i.test(opening);
  const isSaid = amount === null || isNothing || numbers.some((number) => rounded(number, Math.abs(amount)));
  return isSaid ? null : `the headline's ${amount} is not in "${opening}"`;
}

const kpis = (blocks: SummaryPage['blocks']) => blocks.filter((block): block is KpiBlock => block.kind === 'kpi');

/** A tile with a currency, or with cents, is money too: the day's amount, or that amount a row. */
function figuresAreFalse(summary: ScoredSummary, truth: TrueAnswers): string | null {
  const nothing = truth.amounts.map(today).filter((amount) => amount === 0);
  const amounts = [...matchingAmounts(summary, truth).map(today), ...nothing];
  const counts = truth.counts.map(today).filter((count) => count > 0);
  const averages = amounts.flatMap((amount) => counts.map((count) => amount / count));
  for (const { title, value } of kpis(summary.blocks)) {
    const [money] = moneyIn(value);
    const shown = money?.value ?? (/^[\d,]+\.\d\d$/.test(value) ? Number(value.replaceAll(',', '')) : null);
    const right = shown === null || [...amounts, ...averages].some((one) => rounded(shown, one));
    if (!right) return `the figure ${title}: ${value}`;
  }
  const currency = summary.headline?.amount === null ? null : summary.headline?.currency;
  const other = moneyIn(JSON.stringify(summary.blocks)).find((money) => money.currency !== currency);
  return other === undefined ? null : `${other.currency} ${other.value} below the headline`;
}

/** What the day is compared to: the days before are as true as the day. */
function historyIsFalse(summary: ScoredSummary, truth: TrueAnswers): string | null {
  const amount = summary.headline?.amount ?? null;
  if (amount === null) return null;
  const drawn =
    kpis(summary.blocks).find(({ sparkline }) => same(sparkline.at(-1) ?? Number.NaN, amount))?.sparkline ?? [];
  const series = matchingAmounts(summary, truth).map(({ series }) => series.slice(-drawn.length));
  const isTrue = (days: readonly number[]) => drawn.every((value, index) => same(value ?? 0, days[index] ?? 0));
  if (drawn.length === 0 || series.some(isTrue)) return null;
  const wrong = drawn.findIndex((value, index) => !same(value ?? 0, series[0]?.[index] ?? 0));
  return `${drawn.length - 1 - wrong} days before it was ${series[0]?.[wrong]}, not ${drawn[wrong]}`;
}

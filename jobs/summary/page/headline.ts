import type { ReportFormat } from '../blocks/locale-format.ts';
import type { Profile } from '../profile/profile.ts';
import type { Report } from '../report/schema.ts';
import { dayText, type OpeningFacts, openingText, staleDataText } from './opening-text.ts';
import type { Headline } from './page-model.ts';

/** What the opening of an automatic page says, as values. */
export function headlineOf({ verdict, rowNoun }: Profile, { currency }: Report, facts: OpeningFacts): Headline {
  const { kind, questions: doubts } = verdict;
  const isNothing = lastValue(facts.count) === 0;
  const amount = kind === 'sure' && !isNothing ? lastValue(facts.amount) : null;
  return {
    kind: kind === 'sure' && facts.amount === null && facts.count === null ? 'absent' : kind,
    amount,
    currency: amount === null ? null : (currency ?? null),
    count: kind === 'absent' ? null : lastValue(facts.count),
    noun: kind === 'sure' ? rowNoun : kind === 'hedged' ? 'rows' : null,
    doubts,
  };
}

/** The sentence when it is sure; else what can be counted, and what a person is asked. */
export function profiledOpening(profile: Profile, facts: OpeningFacts, format: ReportFormat): string {
  const { verdict, streamName } = profile;
  const [question] = verdict.questions;
  if (question === undefined)
    return [openingText(profile.isAmountNamed ? named(facts) : facts, format), ...verdict.aside.map(asideText)].join(
      ' ',
    );
  const ask = `${question}? It takes a minute to confirm.`;
  if (verdict.kind === 'absent') return `No figures of ${streamName} yet: ${ask}`;
  const stale = facts.stale === null ? '' : `${staleDataText(facts.stale, format)} `;
  const count = facts.count?.formatted ?? '0';
  const rows = count === '0' ? 'No rows were' : count === '1' ? '1 row was' : `${count} rows were`;
  return `${stale}${dayText(facts, format)}: ${rows.replace('No', 'no')} added to ${streamName}; ${ask}`;
}

/** `amount RM 120.00 from 9 Sheet1 rows`: with the name of the amount. */
function named({ amount, ...facts }: OpeningFacts): OpeningFacts {
  return { ...facts, amount: amount === null ? null : { ...amount, format: 'number' } };
}

/** `2 more are pending and not counted.` */
function asideText({ count, words }: Profile['verdict']['aside'][number]): string {
  return `${count} more ${count === 1 ? 'is' : 'are'} ${words} and not counted.`;
}

function lastValue(figure: OpeningFacts['amount'] | OpeningFacts['count']): number | null {
  return figure?.series.at(-1)?.value ?? null;
}

import { snakeCase } from '../blocks/personal-data.ts';
import { knownWord, normalized } from '../queries/known-words.ts';
import type { Stream } from './streams.ts';
import type { ColumnProfile } from './table-profile.ts';

const likeliest = /(^|_)(channel|type|method|source|platform)($|_)/;
const minKnownShare = 0.9;

/** The column of known words that groups the rows best, or null. Values of other texts are shown only when a person says so. */
export function categoryOf({ columns }: Stream): ColumnProfile | null {
  const scored = columns.flatMap((column) => {
    const score = scoreOf(column);
    return score === null ? [] : [{ column, score }];
  });
  return scored.toSorted((a, b) => b.score - a.score)[0]?.column ?? null;
}

function scoreOf({ label, sample, isKey, nulls }: ColumnProfile): number | null {
  const known = sample.map(knownWord).filter((word) => word !== null);
  if (isKey || sample.length < 5 || nulls > sample.length || known.length < sample.length * minKnownShare) return null;
  const distinct = new Set(known.map(normalized)).size;
  return distinct < 2 ? null : (likeliest.test(snakeCase(label)) ? 4 : 0) + (distinct <= 20 ? 1 : 0);
}

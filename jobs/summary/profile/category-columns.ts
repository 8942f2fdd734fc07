import { looksPersonal, snakeCase } from '../blocks/personal-data.ts';
import { personalValueKind } from '../blocks/personal-values.ts';
import { dateColumnOf } from './date-columns.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

const likely =
  /(^|_)(category|channel|type|kind|product|item|sku|status|method|source|region|country|state|city|branch|store|shop|outlet|department|brand|genre|segment|payment_method|platform|campaign|plan|currency|media)($|_)/;
const likeliest =
  /(^|_)(category|channel|product|item|branch|outlet|store|shop|genre|country|region|city|type|method)($|_)/;
const neverCategory =
  /(^|_)(descr\w*|notes?|memo|comments?|titles?|name|message|remarks?|text|url|path|link|guid|uuid|hash|json)($|_)/;
const maxCategories = 60;

/** The text column that groups the rows best, or null. */
export function categoryOf(table: TableProfile, zone: string): ColumnProfile | null {
  const scored = table.columns.flatMap((column) => {
    const score = scoreOf(column, table, zone);
    return score === null ? [] : [{ column, score }];
  });
  return scored.toSorted((a, b) => b.score - a.score)[0]?.column ?? null;
}

/** The column that holds the state of a row (`paid`, `cancelled`), or null. */
export function statusOf(table: TableProfile): ColumnProfile | null {
  return (
    table.columns.find(
      ({ name, sample }) =>
        /(^|_)(status|state)$/.test(snakeCase(name)) && countDistinct(sample) <= 12 && isText(sample),
    ) ?? null
  );
}

function scoreOf(column: ColumnProfile, table: TableProfile, zone: string): number | null {
  const name = snakeCase(column.name);
  const { sample } = column;
  const distinctCount = countDistinct(sample);
  if (
    column.isKey ||
    !isText(sample) ||
    sample.length < 5 ||
    column.nulls > sample.length ||
    distinctCount < 2 ||
    distinctCount > maxCategories
  )
    return null;
  if (!likely.test(name) && (distinctCount > sample.length * 0.3 || neverCategory.test(name))) return null;
  if (looksPersonal({ name: column.name, column: column.name, table: table.name })) return null;
  if (dateColumnOf(column, zone) !== null) return null;
  if (sample.some((value) => String(value).length > 40 || personalValueKind(String(value)) !== null)) return null;
  return (likeliest.test(name) ? 4 : 0) + (likely.test(name) ? 2 : 0) + (distinctCount <= 20 ? 1 : 0);
}

function countDistinct(sample: readonly (string | number)[]): number {
  return new Set(sample).size;
}

function isText(sample: readonly (string | number)[]): boolean {
  return sample.length > 0 && sample.every((value) => typeof value === 'string');
}

import { isContact, looksPersonal, snake } from '../findings/personal.ts';
import { dateColumnOf } from './dates.ts';
import type { Column, Table } from './table.ts';

const good =
  /(^|_)(category|channel|type|kind|product|item|sku|status|method|source|region|country|state|city|branch|store|shop|outlet|department|brand|genre|segment|payment_method|platform|campaign|plan|currency|media)($|_)/;
const best = /(^|_)(category|channel|product|item|branch|outlet|store|shop|genre|country|region|city|type|method)($|_)/;
const never =
  /(^|_)(descr\w*|notes?|memo|comments?|titles?|name|message|remarks?|text|url|path|link|guid|uuid|hash|json)($|_)/;
const most = 60;

/** The column whose few texts part the rows best into groups, or null. */
export function categoryOf(table: Table, zone: string): Column | null {
  const scored = table.columns.flatMap((column) => {
    const score = scoreOf(column, table, zone);
    return score === null ? [] : [{ column, score }];
  });
  return scored.toSorted((a, b) => b.score - a.score)[0]?.column ?? null;
}

/** The column that tells what became of a row (`paid`, `cancelled`), or null. */
export function statusOf(table: Table): Column | null {
  return (
    table.columns.find(
      ({ name, sample }) => /(^|_)(status|state)$/.test(snake(name)) && distinct(sample) <= 12 && isText(sample),
    ) ?? null
  );
}

function scoreOf(column: Column, table: Table, zone: string): number | null {
  const name = snake(column.name);
  const { sample } = column;
  const kinds = distinct(sample);
  if (column.isKey || !isText(sample) || sample.length < 5 || column.nulls > sample.length || kinds < 2 || kinds > most)
    return null;
  if (!good.test(name) && (kinds > sample.length * 0.3 || never.test(name))) return null;
  if (looksPersonal({ name: column.name, column: column.name, table: table.name })) return null;
  if (dateColumnOf(column, zone) !== null) return null;
  if (sample.some((value) => String(value).length > 40 || isContact(String(value)))) return null;
  return (
    (best.test(name) ? 4 : 0) +
    (good.test(name) ? 2 : 0) +
    (kinds <= 20 ? 1 : 0) -
    (column.nulls > sample.length ? 2 : 0)
  );
}

function distinct(sample: readonly (string | number)[]): number {
  return new Set(sample).size;
}

function isText(sample: readonly (string | number)[]): boolean {
  return sample.length > 0 && sample.every((value) => typeof value === 'string');
}

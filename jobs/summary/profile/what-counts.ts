import { type ColumnRules, hasWords, markRules, type SetAside, wordRules, wordSql } from './counting-rules.ts';
import type { FetchRows } from './fetch-rows.ts';
import { quoted } from './sql-text.ts';
import type { Stream } from './streams.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

/** SQL conditions on a row of the table `t`: those that do not count, and those that are money given back. */
export type Counting = { readonly excluded: readonly string[]; readonly refunds: readonly string[] };

export type CountingChoice = {
  readonly counting: Counting;
  readonly others: readonly { readonly counting: Counting; readonly question: string }[];
  readonly aside: readonly SetAside[];
  readonly open: readonly string[];
  readonly notes: readonly string[];
};

const maxWords = 60;
const maxRows = 100_000;

/** Decides which rows count, by what all rows say in columns of states and kinds. `isLess`: refunds are taken off the amounts. */
export async function whatCounts(stream: Stream, isLess: boolean, fetchRows: FetchRows): Promise<CountingChoice> {
  const isOfGoods = /shipment|deliver|consignment|parcel|penghantaran/.test(stream.rowNoun.many);
  const rules: ColumnRules[] = [];
  for (const column of stream.columns) {
    rules.push(markRules(column, isLess));
    if (hasWords(column))
      rules.push(wordRules(column, await distinctWords(stream.parts, column, fetchRows), isOfGoods));
  }
  const all = <Key extends keyof ColumnRules>(key: Key) =>
    rules.flatMap((one) => [...one[key]]) as [...ColumnRules[Key]];
  const counting = { excluded: all('excluded'), refunds: all('refunds') };
  return {
    counting,
    others: all('maybe').map(({ condition, question }) => ({
      counting: { ...counting, excluded: [...counting.excluded, condition] },
      question,
    })),
    aside: all('aside'),
    open: all('open'),
    notes: all('notes'),
  };
}

/** The texts of a column, in all its tables; of a big table in its newest rows. */
async function distinctWords(
  parts: readonly TableProfile[],
  column: ColumnProfile,
  fetchRows: FetchRows,
): Promise<string[]> {
  const words = new Set<string>();
  for (const part of parts) {
    if (!part.columns.some(({ name }) => name.toLowerCase() === column.name.toLowerCase())) continue;
    const newest = part.isEstimate ? `ORDER BY t.rowid DESC LIMIT ${maxRows}` : '';
    const rows = await fetchRows(
      `SELECT DISTINCT c FROM (SELECT ${wordSql(column)} AS c FROM ${quoted(part.name)} t ${newest}) WHERE c <> ''`,
      maxWords,
    );
    for (const [word] of rows) words.add(String(word));
  }
  return [...words];
}

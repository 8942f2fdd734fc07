import { snakeCase } from '../blocks/personal-data.ts';
import { dateForm } from '../queries/date-form.ts';
import { knownWord, normalized } from '../queries/known-words.ts';
import { countingRule, rowKind } from './counting-words.ts';
import type { FetchRows } from './fetch-rows.ts';
import { cellSql, literal, quoted } from './sql-text.ts';
import type { Stream } from './streams.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

/** SQL conditions on a row of the table `t`: those that do not count, and those that are money given back. */
export type Counting = { readonly excluded: readonly string[]; readonly refunds: readonly string[] };

/** Rows that are left out, and said to be: not paid yet. */
export type SetAside = { readonly condition: string; readonly words: string };

export type CountingChoice = {
  readonly counting: Counting;
  readonly others: readonly { readonly counting: Counting; readonly question: string }[];
  readonly aside: readonly SetAside[];
  readonly open: readonly string[];
  readonly notes: readonly string[];
};

const statusName = /(^|_)(status|state|keadaan|status_pesanan|状态|สถานะ|الحالة|நிலை)$/;
const typeName =
  /^(type|kind|jenis|((shop_|post_|pos_)?(transaction|txn|trx|receipt|order|record|entry|document|doc|sale|sales|invoice|event|row|movement|post|line|payment_transaction)_(type|kind))|jenis_(transaksi|urusniaga|rekod))$/;
const eventName = /(^|_)(event|event_type|event_name|action|topic)$/;
const droppedName =
  /^(is_|was_)?(void(ed)?|cancell?ed|deleted|trashed|refunded|test|test_mode|test_order|draft|dibatalkan|archived)(_?(at|on|date|time|flag))?$/;
const liveName = /(^|_)live_?mode$/;
const paidName = /^(is_)?paid$/;
const nothing = "('', '0', '0.0', 'false', 'no', 'n', 'f', '-', 'null', 'none')";
const flag = /^(0|1|true|false|yes|no|y|n|t|f)$/i;
const maxWords = 60;
const maxRows = 100_000;

/** Decides which rows count, by the words in all rows of columns of states and kinds. `isLess`: refunds are taken off the amounts. */
export async function whatCounts(stream: Stream, isLess: boolean, fetchRows: FetchRows): Promise<CountingChoice> {
  const excluded: string[] = [];
  const refunds: string[] = [];
  const maybe: { readonly condition: string; readonly question: string }[] = [];
  const aside: SetAside[] = [];
  const open: string[] = [];
  const notes: string[] = [];
  for (const column of stream.columns) {
    const name = snakeCase(column.label);
    const cell = cellSql(column);
    const word = `lower(trim(coalesce(${cell}, '')))`;
    const isRefundedFlag = /refunded/.test(name) && isLess;
    if (droppedName.test(name) && isMark(column) && !isRefundedFlag) excluded.push(`${word} NOT IN ${nothing}`);
    if (liveName.test(name)) excluded.push(`${word} IN ('0', 'false')`);
    if (paidName.test(name) && isFlag(column))
      maybe.push({ condition: `${word} IN ${nothing}`, question: `do rows count before “${column.name}”` });
    const isState = statusName.test(name);
    if (!isState && !typeName.test(name) && !eventName.test(name)) continue;
    const words = await distinctWords(stream.parts, column, fetchRows);
    const known = words.filter((one) => knownWord(one) !== null);
    if (known.length < words.length / 2) {
      const isCode = isState && words.length > 1 && words.length <= 12 && words.every((one) => one.length <= 2);
      const isPlace = /(^|_)state$/.test(name) && known.length === 0;
      if (isCode || (words.length > 1 && (eventName.test(name) || (isState && !isPlace))))
        open.push(`which values of “${column.name}” count`);
      continue;
    }
    const unknown = words.length > known.length ? `(${word} <> '' AND known_word(${cell}) IS NULL)` : null;
    if (isState) {
      const isOffer = known.some((one) => normalized(one) === 'sale');
      const of = isOffer ? 'offer' : isOfGoods(stream) ? 'goods' : 'sale';
      const ruleOf = (rule: string) => known.filter((one) => countingRule(one, name, of) === rule);
      const never = ruleOf('never');
      if (never.length > 0) {
        excluded.push(`${word} IN (${literals(never)})`);
        notes.push(`Rows do not count whose “${column.name}” is ${[...new Set(never.map(normalized))].join(', ')}.`);
      }
      const unpaid = ruleOf('unpaid');
      if (unpaid.length > 0) {
        const condition = `${word} IN (${literals(unpaid)})`;
        excluded.push(condition);
        aside.push({ condition, words: [...new Set(unpaid.map(normalized))].join(' or ') });
      }
      const doubtful = ruleOf('maybe');
      if (doubtful.length > 0)
        maybe.push({
          condition: `${word} IN (${literals(doubtful)})`,
          question: `do rows count whose “${column.name}” is ${[...new Set(doubtful.map(normalized))].join(', ')}`,
        });
      if (unknown !== null) maybe.push({ condition: unknown, question: `which values of “${column.name}” count` });
    } else {
      const kinds = (kind: string) => known.filter((one) => rowKind(one) === kind);
      const [back, other] = [kinds('refund'), kinds('other')];
      if (kinds('sale').length === 0 || (back.length === 0 && other.length === 0)) continue;
      if (back.length > 0) {
        refunds.push(`${word} IN (${literals(back)})`);
        notes.push(`Rows whose “${column.name}” is ${[...new Set(back.map(normalized))].join(', ')} are taken off.`);
      }
      if (other.length > 0)
        maybe.push({
          condition: `${word} IN (${literals(other)})`,
          question: `do rows count whose “${column.name}” is ${[...new Set(other.map(normalized))].join(', ')}`,
        });
    }
  }
  const counting = { excluded, refunds };
  const others = maybe.map(({ condition, question }) => ({
    counting: { excluded: [...excluded, condition], refunds },
    question,
  }));
  return { counting, others, aside, open, notes };
}

function isOfGoods({ rowNoun }: Stream): boolean {
  return /shipment|deliver|consignment|parcel|penghantaran/.test(rowNoun.many);
}

/** A flag, or a date that is there or not. */
function isMark({ sample }: ColumnProfile): boolean {
  return sample.every(
    (value) => flag.test(String(value)) || dateForm(value) !== null || /^[-\s]*$/.test(String(value)),
  );
}

function isFlag({ sample }: ColumnProfile): boolean {
  return sample.length > 0 && sample.every((value) => flag.test(String(value)));
}

function literals(words: readonly string[]): string {
  return [...new Set(words.map((word) => word.toLowerCase()))].map(literal).join(', ');
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
      `SELECT DISTINCT trim(c) FROM (SELECT ${cellSql(column)} AS c FROM ${quoted(part.name)} t ${newest}) WHERE trim(coalesce(c, '')) <> ''`,
      maxWords,
    );
    for (const [word] of rows) words.add(String(word));
  }
  return [...words];
}

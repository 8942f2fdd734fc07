import { snakeCase } from '../blocks/personal-data.ts';
import { dateForm } from '../queries/date-form.ts';
import { knownWord, normalized } from '../queries/known-words.ts';
import { countingRule, rowKind, type StateOf } from './counting-words.ts';
import { cellSql, literal } from './sql-text.ts';
import type { ColumnProfile } from './table-profile.ts';

/** Rows that are left out, and said to be: not paid yet. */
export type SetAside = { readonly condition: string; readonly words: string };

/** What one column says on which rows count, as SQL conditions on a row of the table `t`. */
export type ColumnRules = {
  readonly excluded: readonly string[];
  readonly refunds: readonly string[];
  /** Rows that count or not: with the question. */
  readonly maybe: readonly { readonly condition: string; readonly question: string }[];
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
const cartSteps = ['address', 'delivery', 'payment', 'confirm'];
/** Words that take a row out wherever they stand. */
const strong = /^(void|voided|cancell?ed|refund(ed)?|batal|dibatalkan|ยกเลิก|已取消|已退款|作废|ملغي|ரத்து)$/;
const noRules: ColumnRules = { excluded: [], refunds: [], maybe: [], aside: [], open: [], notes: [] };

/** Whether a column says by its name what became of a row. */
export function isStateName(label: string): boolean {
  return statusName.test(snakeCase(label));
}

/** Whether the words of a column must be read: its name is of states or kinds, or it has few and short ones. */
export function hasWords({ label, sample, isKey }: ColumnProfile): boolean {
  const name = snakeCase(label);
  if (statusName.test(name) || typeName.test(name) || eventName.test(name)) return true;
  const isShort = sample.every((value) => typeof value === 'string' && value.length <= 24 && /\p{L}/u.test(value));
  return !isKey && sample.length > 0 && isShort && new Set(sample).size <= 12;
}

/** Flags and dates of what became of a row. `isLess`: what was given back is taken off the amounts already. */
export function markRules(column: ColumnProfile, isLess: boolean): ColumnRules {
  const name = snakeCase(column.label);
  const word = wordSql(column);
  const isRefundedFlag = /refunded/.test(name) && isLess;
  if (droppedName.test(name) && isMark(column) && !isRefundedFlag)
    return { ...noRules, excluded: [`${word} NOT IN ${nothing}`] };
  if (liveName.test(name)) return { ...noRules, excluded: [`${word} IN ('0', 'false')`] };
  if (!paidName.test(name) || !isFlag(column)) return noRules;
  return {
    ...noRules,
    maybe: [{ condition: `${word} IN ${nothing}`, question: `do rows count before “${column.name}”` }],
  };
}

/** What the words of a column say. `words`: all there are; `isOfGoods`: rows are of goods on their way. */
export function wordRules(column: ColumnProfile, words: readonly string[], isOfGoods: boolean): ColumnRules {
  const name = snakeCase(column.label);
  const isState = statusName.test(name);
  const known = words.filter((one) => knownWord(one) !== null);
  if (isState)
    return known.length < words.length / 2 ? unknownStates(column, words) : stateRules(column, words, isOfGoods);
  if (typeName.test(name)) return words.length < 2 ? noRules : kindRules(column, words);
  if (eventName.test(name)) return words.length < 2 ? noRules : { ...noRules, open: [which(column)] };
  const bad = words.filter((one) => strong.test(normalized(one)));
  return bad.length === 0 ? noRules : { ...noRules, maybe: [countsIf(column, bad)] };
}

/** States that are not known decide nothing; those of a country do not have to. */
function unknownStates(column: ColumnProfile, words: readonly string[]): ColumnRules {
  const isPlace = /(^|_)state$/.test(snakeCase(column.label)) && words.every((one) => knownWord(one) === null);
  const isCode = words.every((one) => one.length <= 2);
  return words.length < 2 || (isPlace && !isCode) ? noRules : { ...noRules, open: [which(column)] };
}

function stateRules(column: ColumnProfile, words: readonly string[], isOfGoods: boolean): ColumnRules {
  const name = snakeCase(column.label);
  const known = words.filter((one) => knownWord(one) !== null);
  const all = new Set(known.map(normalized));
  const of: StateOf = all.has('sale') ? 'offer' : isOfGoods ? 'goods' : 'sale';
  const isCart = all.has('cart') || all.has('address');
  const ruleOf = (one: string) =>
    isCart && cartSteps.includes(normalized(one)) ? 'never' : countingRule(one, name, of);
  const withRule = (rule: string) => known.filter((one) => ruleOf(one) === rule);
  const [never, unpaid, maybe] = [withRule('never'), withRule('unpaid'), withRule('maybe')];
  const aside = unpaid.length === 0 ? [] : [{ condition: inWords(column, unpaid), words: listOf(unpaid, ' or ') }];
  return {
    ...noRules,
    excluded: [...(never.length === 0 ? [] : [inWords(column, never)]), ...aside.map(({ condition }) => condition)],
    aside,
    maybe: [
      ...(maybe.length === 0 ? [] : [countsIf(column, maybe)]),
      ...(known.length === words.length ? [] : [{ condition: isUnknown(column), question: which(column) }]),
    ],
    notes: never.length === 0 ? [] : [`Rows do not count whose “${column.name}” is ${listOf(never, ', ')}.`],
  };
}

function kindRules(column: ColumnProfile, words: readonly string[]): ColumnRules {
  const known = words.filter((one) => knownWord(one) !== null);
  const ofKind = (kind: string) => known.filter((one) => rowKind(one) === kind);
  const [sales, back, other] = [ofKind('sale'), ofKind('refund'), ofKind('other')];
  if (sales.length === 0) return { ...noRules, open: [which(column)] };
  return {
    ...noRules,
    refunds: back.length === 0 ? [] : [inWords(column, back)],
    maybe: [
      ...(other.length === 0 ? [] : [countsIf(column, other)]),
      ...(known.length === words.length ? [] : [{ condition: isUnknown(column), question: which(column) }]),
    ],
    notes: back.length === 0 ? [] : [`Rows whose “${column.name}” is ${listOf(back, ', ')} are taken off.`],
  };
}

const which = ({ name }: ColumnProfile) => `which values of “${name}” count`;

function countsIf(column: ColumnProfile, words: readonly string[]) {
  const question = `do rows count whose “${column.name}” is ${listOf(words, ', ')}`;
  return { condition: inWords(column, words), question };
}

/** The text of a cell in lower case, without the spaces and tabs that exports put around it. */
export function wordSql(column: ColumnProfile): string {
  return `lower(trim(coalesce(${cellSql(column)}, ''), char(9, 10, 13, 32, 160)))`;
}

function inWords(column: ColumnProfile, words: readonly string[]): string {
  const literals = [...new Set(words.map((word) => word.toLowerCase()))].map(literal);
  return `${wordSql(column)} IN (${literals.join(', ')})`;
}

function isUnknown(column: ColumnProfile): string {
  return `(${wordSql(column)} <> '' AND known_word(${cellSql(column)}) IS NULL)`;
}

function listOf(words: readonly string[], separator: string): string {
  return [...new Set(words.map(normalized))].join(separator);
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

import { num } from '../../queries/num.ts';
import {
  type AmountMeaning,
  amountMeaning,
  amountWords,
  costName,
  quantityName,
  unitPriceName,
} from '../column-words.ts';
import type { ColumnProfile } from '../table-profile.ts';
import { type Amount, amountName } from './amount.ts';
import { amountScale } from './amount-scale.ts';
import { isEqual, isNumeric, shareOfRows } from './numbers.ts';
import { isRunningBalance } from './running-balance.ts';

/** The likeliest amount of a row, and what else it could be, each with the question that decides it. */
export type AmountChoice = {
  readonly amount: Amount | null;
  readonly others: readonly { readonly amount: Amount; readonly question: string }[];
  /** Questions that no figure answers: there are amounts, and it is not known which are meant. */
  readonly open: readonly string[];
};

const moneyIn = /(^|_)(credit|deposit|deposits|money_in|paid_in|kredit|masuk|wang_masuk)(_amount|_rm|_myr)?$/;
const moneyOut = /(^|_)(debit|withdrawals?|money_out|paid_out|keluar|wang_keluar)(_amount|_rm|_myr)?$/;
/** Sum of several parts, the last one that is paid. */
const final = /grand|final|order_total|total_paid|paid_total|amount_total|incl|collected|keseluruhan/;
const plainTotal = /^(total|total_amount|total_price|invoice_total|total_amt|jumlah|amount|amt)$/;
const part =
  /(^|_)(tax(es)?|cukai|vat|sst|gst|discounts?|diskaun|shipping|freight|penghantaran|service|rounding|tips?|fees?|refund\w*)(_|$)/;
const discountName = /(^|_)(discount|disc|diskaun)(_(amount|rate|pct|percent))?$/;

const maxParts = 5;
const maxRefunds = 0.15;

/** Chooses the amount among the columns of a table, by their names and by how they add up. */
export function chooseAmount(
  columns: readonly ColumnProfile[],
  isKey: (column: ColumnProfile) => boolean,
): AmountChoice {
  const numeric = columns.filter((column) => isNumeric(column) && !isKey(column));
  const ledger = [moneyIn, moneyOut].map((pattern) => numeric.find(({ label }) => pattern.test(amountWords(label))));
  if (ledger.every((column) => column !== undefined)) {
    return { amount: null, others: [], open: ['is every credit a sale'] };
  }
  const named = numeric.flatMap((column) => {
    const meaning = amountMeaning(column.label);
    return meaning === 'none' || meaning === 'refunded' ? [] : [{ column, meaning }];
  });
  const balances = named.filter(({ column }) =>
    isRunningBalance(
      column,
      numeric.filter((other) => other !== column),
    ),
  );
  const known = named.filter((one) => !balances.includes(one));
  const first = (['total', 'amount', 'subtotal'] as const).find((meaning) => filled(known, meaning).length > 0);
  const product = productOf(columns, numeric);
  if (first === undefined) return product ?? prices(known, columns);
  const [best, ...rest] = filled(known, first).toSorted((a, b) => rank(b) - rank(a));
  if (best === undefined) return { amount: null, others: [], open: [] };
  if (product?.amount?.kind === 'product' && isUnitPrice(best.column, product.amount, columns)) return product;
  const refunded = numeric.find((column) => amountMeaning(column.label) === 'refunded') ?? null;
  const chosen = withScale(best.column, columns, refunded);
  const out = hasMoneyOut(best.column) ? ['are amounts below zero money given back'] : [];
  const unexplained = rest.filter(({ column }) => !isExplained(best.column, column, numeric));
  return {
    ...chosen,
    open: out,
    others: [
      ...chosen.others,
      ...unexplained.map(({ column }) => {
        const { amount } = withScale(column, columns, refunded);
        return { amount, question: `is ${amountName(chosen.amount)} or ${amountName(amount)} your sales` };
      }),
    ],
  };
}

type Named = { readonly column: ColumnProfile; readonly meaning: AmountMeaning };

function filled(named: readonly Named[], meaning: AmountMeaning): Named[] {
  return named.filter((one) => one.meaning === meaning && one.column.sample.length > 0);
}

function rank({ column: { label, sample } }: Named): number {
  const name = amountWords(label);
  return (
    (final.test(name) ? 3 : 0) + (plainTotal.test(name) ? 2 : 0) + (sample.some((one) => Number(one) !== 0) ? 1 : -5)
  );
}

/** The column as the amount, in units or in hundredths. */
function withScale(column: ColumnProfile, columns: readonly ColumnProfile[], less: ColumnProfile | null) {
  const { isMinor, isSure } = amountScale(column, columns);
  const amount: Amount = { kind: 'column', column, isMinor, less };
  const other: Amount = { ...amount, isMinor: !isMinor };
  const question = `is “${column.name}” in hundredths`;
  return { amount, others: isSure ? [] : [{ amount: other, question }], open: [] };
}

function prices(known: readonly Named[], columns: readonly ColumnProfile[]): AmountChoice {
  const [best, ...rest] = filled(known, 'price');
  if (best === undefined) return { amount: null, others: [], open: [] };
  const chosen = withScale(best.column, columns, null);
  const others = rest.map(({ column }) => {
    const { amount } = withScale(column, columns, null);
    return { amount, question: `is ${amountName(chosen.amount)} or ${amountName(amount)} your sales` };
  });
  const counts = columns.filter(
    (column) => column !== best.column && (isSmallCount(column) || quantityName.test(amountWords(column.label))),
  );
  const products = counts.map((quantity) => ({
    amount: { kind: 'product', price: best.column, quantity, isMinor: chosen.amount.isMinor, discount: null } as const,
    question: `is “${best.column.name}” of one “${quantity.name}” or of all`,
  }));
  const open = quantityIsText(columns, 'price') ? [`is “${best.column.name}” of one or of all`] : [];
  return { ...chosen, open, others: [...chosen.others, ...others, ...products] };
}

/** More than a few amounts below zero are no refunds: money comes in and goes out. */
function hasMoneyOut({ sample }: ColumnProfile): boolean {
  const numbers = sample.map(num).filter((value) => value !== null);
  return numbers.filter((value) => value < 0).length > numbers.length * maxRefunds;
}

/** Quantities that are no plain numbers, `2 kg`, beside a price. */
function quantityIsText(columns: readonly ColumnProfile[], meaning: AmountMeaning): boolean {
  const quantity = columns.find(({ label }) => quantityName.test(amountWords(label)));
  return meaning === 'price' && quantity !== undefined && !isQuantity(quantity);
}

/** Small whole numbers, that may say how many were sold at the price. */
function isSmallCount({ sample, isKey, label }: ColumnProfile): boolean {
  const numbers = sample.map(Number);
  const isCount = numbers.every((value) => Number.isInteger(value) && value >= 0 && value <= 100);
  return (
    !isKey &&
    isCount &&
    new Set(numbers).size > 1 &&
    numbers.length >= 5 &&
    !/(^|_)id$|(^|_)(table|age|year|month|day)/i.test(label)
  );
}

/** Price times quantity, less the discount of the row; null where the table has not both. */
function productOf(columns: readonly ColumnProfile[], numeric: readonly ColumnProfile[]): AmountChoice | null {
  const [price, ...morePrices] = numeric.filter(
    ({ label }) => unitPriceName.test(amountWords(label)) && !costName.test(amountWords(label)),
  );
  const quantity = columns.find((column) => quantityName.test(amountWords(column.label)) && isQuantity(column));
  if (price === undefined || quantity === undefined) return null;
  const { isMinor, isSure } = amountScale(price, columns);
  const found = numeric.find(({ label }) => discountName.test(amountWords(label)));
  const values = found?.sample.map(Number) ?? [];
  const isShare = values.every((value) => value >= 0 && value <= 1);
  const discount = found === undefined || values.every((value) => value === 0) ? null : { column: found, isShare };
  const amount: Amount = { kind: 'product', price, quantity, isMinor, discount };
  const others = [
    ...morePrices.map((other) => ({
      amount: { ...amount, price: other },
      question: `is “${price.name}” or “${other.name}” the price`,
    })),
    ...(isSure ? [] : [{ amount: { ...amount, isMinor: !isMinor }, question: `is “${price.name}” in hundredths` }]),
    ...(discount === null || isShare
      ? []
      : [{ amount: { ...amount, discount: null }, question: `is “${discount.column.name}” taken off the price` }]),
  ];
  return { amount, others, open: [] };
}

function isQuantity({ sample }: ColumnProfile): boolean {
  return sample.length > 0 && sample.every((value) => Number.isFinite(Number(value)));
}

/** Whether the column repeats the price where more than one was sold. */
function isUnitPrice(
  column: ColumnProfile,
  { price, quantity }: Extract<Amount, { kind: 'product' }>,
  columns: readonly ColumnProfile[],
): boolean {
  const [p, q] = [price, quantity].map((one) => columns.find(({ name }) => name === one.name));
  if (p === undefined || q === undefined || p === column) return p === column;
  const same = shareOfRows([column, p, q], (amount, each, count) => count !== 1 && isEqual(amount, each));
  const times = shareOfRows([column, p, q], (amount, each, count) => isEqual(amount, each * count));
  return same !== null && times !== null && same > 0.2 && times < 0.9;
}

/** Whether the other column differs from the chosen one by taxes, discounts or the like, in nearly every row. */
function isExplained(chosen: ColumnProfile, other: ColumnProfile, numeric: readonly ColumnProfile[]): boolean {
  const parts = numeric.filter(({ label }) => part.test(amountWords(label))).slice(0, maxParts);
  return subsetsOf(parts).some((columns) => {
    const share = shareOfRows([chosen, other, ...columns], (total = 0, rest = 0, ...extras) =>
      sumsOf(rest, extras).some((sum) => isEqual(total, sum)),
    );
    return share !== null && share >= 0.9;
  });
}

function subsetsOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, index) => (bits >> index) % 2 === 1));
}

/** With each of the parts added or taken off. */
function sumsOf(start: number, extras: readonly number[]): number[] {
  return extras.reduce((sums, extra) => sums.flatMap((sum) => [sum + extra, sum - extra]), [start]);
}

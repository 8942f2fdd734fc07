import { snakeCase } from '../blocks/personal-data.ts';

/** Words of a table's name and what they say: the first that fits counts. */
const classes: readonly (readonly [RegExp, number])[] = [
  [
    /^(statements?|penyata|bank|ledger|lejar|journal|jurnal|wallets?|accounts?|products?|variants?|stock|inventory|movements?|logs?|history|audit|events?|backup|bak|old|lama|archived?|arkib|copy|temp|tmp|test|tests|staging|sample|demo|deprecated|legacy|drafts?|quotes?|quotations?|carts?|wishlists?|reviews?|messages?|notes?|refunds?|returns?|purchases?|suppliers?|expenses?|payroll|salar(y|ies)|payouts?|budgets?|targets?|forecasts?|daily|monthly|weekly|yearly|totals?|summar(y|ies)|stats|cache|queue|import|staged|failed|errors?)$/,
    -5,
  ],
  [
    /^(customers?|clients?|users?|employees?|staff|contacts?|members?|people|persons?|patients?|students?|tenants?|partners?|agents?|vendors?|leads?|pelanggan|pesakit|pelajar)$/,
    -4,
  ],
  [
    /^(orders?|sales?|receipts?|resit|jualan|pesanan|checkouts?|pos|tempahan|销售|订单|销售记录|销售表|ใบเสร็จ|ยอดขาย|การขาย|คำสั่งซื้อ|مبيعات|المبيعات|الطلبات|விற்பனை)$/,
    8,
  ],
  [
    /^(invoices?|bills?|transactions?|txns?|charges?|invois|bil|urusniaga|transaksi|donations?|rentals?|derma|sumbangan|kutipan|ใบแจ้งหนี้|发票|فواتير)$/,
    7,
  ],
  [/^(payments?|collections?|bookings?|subscriptions?|bayaran|yuran|fees?|sewa|rents?)$/, 6],
  [
    /^(visits?|appointments?|trips?|deliver(y|ies)|shipments?|consignments?|tickets?|jobs?|repairs?|consultations?|treatments?|services?|workorders?|enrol?ments?|reservations?|stays?|loans?|jobsheets?)$/,
    5,
  ],
];
const unknownClass = 2;
/** Below the table that they belong to, above what has no known name. */
const lineMalus = 3;
const lines = /^(items?|lines?|line_?items?|details?|butiran|entri)$/;
const leftover = /^(old|lama|backup|bak|archived?|arkib|copy|temp|tmp|test|staging|deprecated|legacy|v\d+)$/;
/** What kind of rows a name stands for: a bad word anywhere, else the last good one. */
export function tableRank(name: string, noun: string): number {
  const found = [...wordsOf(name), ...wordsOf(noun)].flatMap((word) => {
    const rank = classes.find(([pattern]) => pattern.test(word))?.[1];
    return rank === undefined ? [] : [rank];
  });
  const bad = found.filter((rank) => rank < 0);
  if (bad.length > 0) return Math.min(...bad);
  return (found.at(-1) ?? unknownClass) - (isLineTable(name) ? lineMalus : 0);
}

/** Whether a word of the name says what kind of rows a table has. */
export function hasKnownWord(name: string): boolean {
  return wordsOf(name).some((word) => classes.some(([pattern]) => pattern.test(word)));
}

/** Rows that are parts of another table's: items, lines. */
export function isLineTable(name: string): boolean {
  return wordsOf(name).some((word) => lines.test(word));
}

/** Copies and leftovers of another table. */
export function isLeftover(name: string): boolean {
  return wordsOf(name).some((word) => leftover.test(word));
}

/** `salesNov2026` and `sales_nov_2026` as `sales`, `nov`, `2026`. */
export function wordsOf(name: string): string[] {
  return snakeCase(name.replaceAll(/(\p{L})(\d{4,})/gu, '$1_$2')).split('_');
}

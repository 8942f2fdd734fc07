import { z } from 'zod';

const sql = z
  .string()
  .trim()
  .min(1)
  .describe('One SELECT. `:day`, `:from` and `:to` are local dates such as 2025-11-30.');
const title = z.string().trim().min(1).describe('What the reader sees above it.');
const format = z
  .enum(['number', 'money', 'percent', 'text'])
  .describe('`percent`: 12 is shown as 12 %. `text`: as the query returns it.');
const timeLimit = z.int().min(1).max(600).describe('Seconds after which the query is stopped.');
const days = z.int().min(1).max(366).describe("Days up to and with the page's day: `:from` is the first of them.");
const empty = z
  .enum(['zero', 'none'])
  .describe('The value of a day without a row: `zero` (nothing was sold) or `none` (unknown).');

const anyBlock = { title, sql, time_limit: timeLimit.optional() };
const seriesFormat = { format: format.exclude(['text']).default('number'), empty: empty.default('zero') };

const kpi = z.strictObject({
  kind: z.literal('kpi'),
  ...anyBlock,
  ...seriesFormat,
  unit: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe('What is counted, in the plural: `orders`. Used in the opening sentence.'),
});
const series = z.strictObject({
  kind: z.literal('series'),
  ...anyBlock,
  ...seriesFormat,
  days: days.default(30),
  style: z.enum(['line', 'bar']).default('bar'),
});
const rowBlock = {
  ...anyBlock,
  days: days.default(30),
  rows: z.int().min(1).max(200).default(10).describe('Rows shown at most; the rest are counted.'),
  formats: z
    .record(z.string(), format)
    .default({})
    .describe('Format by column name; without one, as the query returns it.'),
  none: z.string().trim().min(1).optional().describe('Shown when there are no rows.'),
};
const table = z.strictObject({ kind: z.literal('table'), ...rowBlock });
const exceptions = z.strictObject({ kind: z.literal('exceptions'), ...rowBlock });
const text = z.strictObject({ kind: z.literal('text'), ...anyBlock, days: days.default(30) });

/** A new kind of block is one more of these. */
const block = z.discriminatedUnion('kind', [kpi, series, table, exceptions, text]);
export const blockKinds: readonly string[] = block.options.map(({ shape }) => shape.kind.value);

const locale = z.string().refine(isLocale, 'expected a language tag such as en-MY or de-DE');
const currency = z.string().refine(isCurrency, 'expected a currency of three letters such as MYR or EUR');

/** The format of a report file. Unknown keys are errors. */
export const reportSchema = z
  .strictObject({
    title: z.string().trim().min(1).describe('Title of the mail and the page.'),
    locale: locale.default('en-MY').describe('Language tag: how numbers and dates are written.'),
    currency: currency
      .optional()
      .describe('ISO 4217 code of amounts with the format `money`; without it they are shown without a currency.'),
    newest: sql
      .optional()
      .describe('One SELECT that returns the newest date or time of the data, to detect that data stopped arriving.'),
    show: z
      .array(z.string().trim().min(1))
      .default([])
      .describe(
        'Columns that look personal by their name (email, phone, …) or their values, and are shown all the same.',
      ),
    time_limit: timeLimit.default(30),
    blocks: z.array(block).min(1).max(50),
  })
  .describe('A nightshift daily summary.');

/** A report with every default filled in. */
export type Report = z.infer<typeof reportSchema>;
export type ReportBlock = Report['blocks'][number];

function isLocale(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}

import type { SeriesBlock, SummaryPage } from '../../jobs/summary/page/page-model.ts';

const lastDay = Temporal.PlainDate.from('2025-11-30');
const daily = Array.from({ length: 30 }, (_, index) => {
  const day = lastDay.subtract({ days: 29 - index });
  const value = index === 11 ? null : Math.round(9_000 + 4_000 * Math.sin(index / 2.2) + index * 120);
  const label = day.toLocaleString('en-MY', { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return { label, value, formatted: value === null ? 'no data' : `RM ${value.toLocaleString('en-MY')}` };
});

const line: SeriesBlock = {
  kind: 'series',
  id: 'revenue-30-days',
  title: 'Revenue, last 30 days',
  style: 'line',
  points: daily,
  alt: 'Revenue over 30 days: lowest RM 6,080 on 12 Nov, highest RM 15,411 on 27 Nov, RM 12,340 on 30 Nov.',
};

const bar: SeriesBlock = {
  kind: 'series',
  id: 'top-channels',
  title: 'Revenue by channel',
  style: 'bar',
  points: [
    { label: 'shopee', value: 4820.5, formatted: 'RM 4,820.50' },
    { label: 'web', value: 3911, formatted: 'RM 3,911.00' },
    { label: 'lazada', value: 2104.25, formatted: 'RM 2,104.25' },
    { label: 'walk-in at the shop in Johor Bahru', value: 1010, formatted: 'RM 1,010.00' },
    { label: 'whatsapp', value: 494.25, formatted: 'RM 494.25' },
  ],
  alt: 'Revenue by channel: shopee RM 4,820.50, web RM 3,911.00, lazada RM 2,104.25, walk-in RM 1,010.00, whatsapp RM 494.25.',
};

/** A page with a block of every kind, a warning, an anomaly, and text that must be escaped. */
export const examplePage: SummaryPage = {
  version: 1,
  title: 'Kedai Kopi & Sons',
  locale: 'en-MY',
  zone: 'Asia/Kuala_Lumpur',
  day: '2025-11-30',
  madeAt: '2025-12-01T00:00:02Z',
  opening: 'Yesterday: RM 12,340 from 87 orders, 12 % below a usual Sunday.',
  warnings: ['The table stock has had no new rows for 3 days; the last came on Thursday at 18:02.'],
  blocks: [
    {
      kind: 'kpi',
      id: 'revenue',
      title: 'Revenue',
      value: 'RM 12,340',
      comparisons: [
        { to: 'the day before', change: '+4 %', direction: 'up' },
        { to: 'last Sunday', change: '-12 %', direction: 'down' },
        { to: '7-day average', change: 'no change', direction: 'level' },
      ],
      sparkline: daily.slice(-14).map(({ value }) => value),
      anomaly: null,
    },
    {
      kind: 'kpi',
      id: 'orders',
      title: 'Orders',
      value: '87',
      comparisons: [
        { to: 'the day before', change: '-31 %', direction: 'down' },
        { to: 'last Sunday', change: '-38 %', direction: 'down' },
        { to: '7-day average', change: '-35 %', direction: 'down' },
      ],
      sparkline: [140, 133, 128, null, 141, 150, 132, 139, 141, 128, 135, 120, 126, 87],
      anomaly: 'unusually low: below 8 of the last 8 Sundays',
    },
    {
      kind: 'kpi',
      id: 'customers',
      title: 'New customers',
      value: '5',
      comparisons: [{ to: 'the day before', change: 'was 0', direction: 'up' }],
      sparkline: [],
      anomaly: null,
    },
    line,
    bar,
    {
      kind: 'table',
      id: 'top-products',
      title: 'Top products',
      emptyText: 'Nothing sold.',
      columns: [
        { title: 'Product', align: 'left' },
        { title: 'Sold', align: 'right' },
        { title: 'Revenue', align: 'right' },
      ],
      rows: [
        ['Kopi O "Kaw" <250 g>', '41', 'RM 820.00'],
        ['Gula Melaka', '22', 'RM 264.00'],
        ['Teh Tarik & Biscuits, family box with a rather long name', '9', 'RM 405.00'],
      ],
      values: [
        ['Kopi O "Kaw" <250 g>', 41, 820],
        ['Gula Melaka', 22, 264],
        ['Teh Tarik & Biscuits, family box with a rather long name', 9, 405],
      ],
      omittedRows: 14,
    },
    {
      kind: 'exceptions',
      id: 'unpaid',
      title: 'Orders without a payment',
      emptyText: 'None.',
      columns: [
        { title: 'Order', align: 'left' },
        { title: 'Total', align: 'right' },
      ],
      rows: [['#10482', 'RM 1,204.00']],
      values: [['#10482', 1204]],
      omittedRows: 0,
    },
    {
      kind: 'exceptions',
      id: 'refunds',
      title: 'Refunds',
      emptyText: 'No refunds: good.',
      columns: [{ title: 'Order', align: 'left' }],
      rows: [],
      values: [],
      omittedRows: 0,
    },
    { kind: 'text', id: 'note', title: 'Reminder', text: 'Public holiday on Monday.\nThe shop in Ipoh opens at noon.' },
    { kind: 'failed', id: 'margin', title: 'Margin', reason: 'The query took longer than 10 s and was stopped.' },
  ],
  assumptions: ['Days are local days of orders.ordered_at.', 'Revenue is the sum of orders.total.'],
  backup: { ok: true, message: 'The last backup is 6 h 00 min old, 85.6 MiB, read back and verified.' },
};

import type { Block, SummaryPage } from '../../../jobs/summary/page/page-model.ts';

const revenue = [11_200, 10_950, 12_100, 9_800, 14_020, 15_600, 12_300, 11_480, 11_900, 12_450, 10_100, 14_400, 15_250];

/** A shop's summary of one day with every kind of block; `changes` go over it. */
export function samplePage(day: string, changes: Partial<SummaryPage> = {}): SummaryPage {
  return {
    version: 1,
    title: 'Harbour Tea',
    locale: 'en-MY',
    zone: 'Asia/Kuala_Lumpur',
    day,
    madeAt: Temporal.PlainDate.from(day)
      .add({ days: 1 })
      .toZonedDateTime({ timeZone: 'Asia/Kuala_Lumpur', plainTime: '08:00:02' })
      .toInstant()
      .toString(),
    opening: 'Yesterday: RM 12,340 from 87 orders, 12 % below a usual Sunday.',
    warnings: [],
    blocks: sampleBlocks(day),
    assumptions: ['Orders are counted by orders.created_at.', 'Revenue is the sum of orders.total, in RM.'],
    backup: { ok: true, message: 'The last backup is 6 h 00 min old, 85.6 MiB, read back and verified.' },
    ...changes,
  };
}

function sampleBlocks(day: string): Block[] {
  return [
    {
      kind: 'kpi',
      id: 'revenue',
      title: 'Revenue',
      value: 'RM 12,340',
      comparisons: [
        { to: 'yesterday', change: '−9 %', direction: 'down' },
        { to: 'last Sunday', change: '−12 %', direction: 'down' },
        { to: '7-day average', change: '−4 %', direction: 'down' },
      ],
      sparkline: [...revenue, 12_340],
      anomaly: null,
    },
    {
      kind: 'kpi',
      id: 'orders',
      title: 'Orders',
      value: '87',
      comparisons: [
        { to: 'yesterday', change: '−14 %', direction: 'down' },
        { to: 'last Sunday', change: '+2 %', direction: 'up' },
        { to: '7-day average', change: 'no change', direction: 'level' },
      ],
      sparkline: [80, 78, null, null, 92, 101, 88, 85, 84, 90, 77, 99, 101, 87],
      anomaly: null,
    },
    {
      kind: 'kpi',
      id: 'refunds',
      title: 'Refunds',
      value: 'RM 1,905.50',
      comparisons: [
        { to: 'yesterday', change: 'was 0', direction: 'up' },
        { to: 'last Sunday', change: '+310 %', direction: 'up' },
      ],
      sparkline: [120, 0, 80, 210, 0, 340, 460, 90, 0, 130, 75, 200, 0, 1905.5],
      anomaly: 'unusually high: above all of the last 8 Sundays',
    },
    {
      kind: 'kpi',
      id: 'customers',
      title: 'New customers',
      value: '14',
      comparisons: [{ to: 'last Sunday', change: '+27 %', direction: 'up' }],
      sparkline: [],
      anomaly: null,
    },
    {
      kind: 'series',
      id: 'revenue-month',
      title: 'Revenue, the last 30 days',
      style: 'line',
      points: lastDays(day, 30).map((label, index) => {
        const value = index === 11 ? null : 9_000 + ((index * 7919) % 5_000) + (index % 7 > 4 ? 3_500 : 0);
        return { label, value, formatted: value === null ? 'no data' : `RM ${value.toLocaleString('en-MY')}` };
      }),
      alt: 'Between RM 9,003 and RM 17,218 a day; RM 12,340 on the last day.',
    },
    {
      kind: 'series',
      id: 'orders-month',
      title: 'Orders, the last 30 days',
      style: 'bar',
      points: lastDays(day, 30).map((label, index) => {
        const value = 60 + ((index * 31) % 45) - (index === 20 ? 70 : 0);
        return { label, value, formatted: String(value) };
      }),
      alt: 'Between 60 and 104 orders on most days; returns outnumbered orders once.',
    },
    {
      kind: 'series',
      id: 'categories',
      title: 'Revenue by category',
      style: 'bar',
      points: [
        { label: 'Oolong & high-mountain', value: 4_810, formatted: 'RM 4,810' },
        { label: 'Green tea', value: 3_240, formatted: 'RM 3,240' },
        { label: 'Teaware', value: 2_015, formatted: 'RM 2,015' },
        { label: 'Gift boxes', value: 1_420, formatted: 'RM 1,420' },
        { label: 'Everything else', value: 855, formatted: 'RM 855' },
      ],
      alt: 'Oolong & high-mountain leads with RM 4,810, 39 % of the day.',
    },
    {
      kind: 'table',
      id: 'top-products',
      title: 'Best sellers',
      emptyText: 'No rows.',
      columns: [
        { title: 'Product', align: 'left' },
        { title: 'Pieces', align: 'right' },
        { title: 'Revenue', align: 'right' },
        { title: 'Stock', align: 'right' },
        { title: 'Supplier', align: 'left' },
      ],
      rows: [
        ['Ali Shan spring 100 g', '31', 'RM 1,829.00', '210', 'Lin & Sons, Chiayi'],
        ['Travel gaiwan', '18', 'RM 1,242.00', '44', 'Kiln Nine'],
        ['Sencha 250 g', '16', 'RM 720.00', '3', 'Uji Direct'],
      ],
      values: [
        ['Ali Shan spring 100 g', 31, 1829, 210, 'Lin & Sons, Chiayi'],
        ['Travel gaiwan', 18, 1242, 44, 'Kiln Nine'],
        ['Sencha 250 g', 16, 720, 3, 'Uji Direct'],
      ],
      omittedRows: 21,
    },
    {
      kind: 'exceptions',
      id: 'late',
      title: 'Orders not shipped for 3 days',
      emptyText: 'All orders are on their way.',
      columns: [
        { title: 'Order', align: 'left' },
        { title: 'Waiting', align: 'right' },
      ],
      rows: [
        ['#20418', '5 days'],
        ['#20433', '4 days'],
      ],
      values: [
        ['#20418', 5],
        ['#20433', 4],
      ],
      omittedRows: 0,
    },
    { kind: 'text', id: 'note', title: 'Good to know', text: 'Prices rose by 3 % on 24 November.' },
    { kind: 'failed', id: 'stock', title: 'Stock value', reason: 'the query took longer than 20 s and was stopped' },
  ];
}

/** Labels of the last days, the given one last. */
function lastDays(day: string, count: number): string[] {
  const last = Temporal.PlainDate.from(day);
  return Array.from({ length: count }, (_, index) =>
    last.subtract({ days: count - 1 - index }).toLocaleString('en-MY', { day: 'numeric', month: 'short' }),
  );
}

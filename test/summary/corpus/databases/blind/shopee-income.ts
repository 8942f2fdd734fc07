import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** What Shopee paid out: per order, on the day of the payout, after fees in columns of their own. */
export const shopeeIncome: CorpusDatabase = {
  name: 'shopee-income-released',
  day: '2026-11-24',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-24', perDay: [3, 8], days: 60 }).map((moment, index) => {
      const price = random.money(15, 180);
      const commission = -cents(price * 0.064);
      const fee = -cents(price * 0.0212);
      return {
        'No.': String(index + 1),
        'Order ID': `2611${index}MKQ7`,
        'Username (Buyer)': random.pick(people).email.split('@')[0] ?? '',
        'Order Creation Date': dayOf(later(moment, -8 * 1440)),
        'Buyer Payment Method': 'ShopeePay',
        'Payout Completed Date': dayOf(moment),
        'Original product price': two(price),
        'Refund Amount': '0.00',
        'Shipping Fee Paid by Buyer': '4.50',
        'Commission Fee': two(commission),
        'Transaction Fee': two(fee),
        'Total Released Amount (RM)': two(price + commission + fee),
      };
    });
    return void load(db, 'Income', rows);
  },
  truth: truthOfTable({
    from: 'Income',
    on: `"Payout Completed Date" = :day`,
    sums: [`sum("Total Released Amount (RM)")`],
    currency: 'MYR',
  }),
};

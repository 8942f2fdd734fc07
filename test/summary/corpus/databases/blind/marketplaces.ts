import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, dayOf, later, localText, type Moment, moments, namedMonth, timeOf, utcZ } from '../../moments.ts';
import { branches, people, products, staff } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { isoOfNamedMonth, truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** TikTok Shop's order export: a row a SKU, the order's amount in each, a tab after each time. */
export const tiktokShop: CorpusDatabase = {
  name: 'tiktok-shop-orders',
  day: '2026-11-25',
  zone,
  fill: (db, random) => {
    const stamp = (moment: Moment) => `${dayFirst(moment)} ${timeOf(moment)}\t`;
    const rows = moments(random, { day: '2026-11-25', open: [0, 24], perDay: [4, 9] }).flatMap((moment, index) => {
      const person = random.pick(people);
      const bought = Array.from({ length: random.int(1, 3) }, () => ({
        ...random.pick(products),
        count: random.int(1, 3),
      }));
      const goods = cents(bought.reduce((sum, { price, count }) => sum + price * count, 0));
      const status = random.pick(['Completed', 'Completed', 'Shipped', 'To ship', 'Canceled']);
      return bought.map(({ name, sku, price, count }) => ({
        'Order ID': `57694${1_000_000 + index * 17}`,
        'Order Status': status,
        'Order Substatus': status,
        'Cancelation/Return Type': status === 'Canceled' ? 'Cancel' : '',
        'Normal or Pre-order': 'Normal',
        'Seller SKU': sku,
        'Product Name': name,
        Quantity: String(count),
        'SKU Unit Original Price': two(price),
        'SKU Subtotal Before Discount': two(price * count),
        'SKU Subtotal After Discount': two(price * count),
        'Shipping Fee After Discount': '5.90',
        Taxes: '0',
        'Order Amount': two(goods + 5.9),
        'Order Refund Amount': '0',
        'Created Time': stamp(moment),
        'Paid Time': status === 'Canceled' ? '\t' : stamp(later(moment, 2)),
        'Shipped Time': status === 'Shipped' ? stamp(later(moment, 900)) : '\t',
        'Cancelled Time': status === 'Canceled' ? stamp(later(moment, 60)) : '\t',
        'Buyer Username': person.email.split('@')[0] ?? '',
        Recipient: person.name,
        'Phone #': person.phone,
        'Detail Address': person.address,
        'Payment Method': random.pick(['Cash on Delivery', 'Credit/Debit card', 'Online banking']),
        'Weight(kg)': '0.4',
      }));
    });
    return void load(db, 'to_ship_order_20261126', rows);
  },
  truth: (() => {
    const on = `substr("Created Time", 7, 4) || '-' || substr("Created Time", 4, 2) || '-' || substr("Created Time", 1, 2) = :day`;
    const counting = `"Order Status" <> 'Canceled'`;
    const from = 'to_ship_order_20261126';
    return {
      amounts: [
        {
          sql: `SELECT sum(amount) FROM (SELECT max("Order Amount" + 0) AS amount FROM ${from} WHERE ${on} AND ${counting} GROUP BY "Order ID")`,
          currency: null,
        },
        { sql: `SELECT sum("SKU Subtotal After Discount") FROM ${from} WHERE ${on} AND ${counting}`, currency: null },
      ],
      counts: [
        { sql: `SELECT count(*) FROM ${from} WHERE ${on}`, words: /\brows?\b|item|sku/i },
        { sql: `SELECT count(*) FROM ${from} WHERE ${on} AND ${counting}`, words: /\brows?\b|item|sku/i },
        { sql: `SELECT count(DISTINCT "Order ID") FROM ${from} WHERE ${on}`, words: /orders\b/i },
        { sql: `SELECT count(DISTINCT "Order ID") FROM ${from} WHERE ${on} AND ${counting}`, words: /orders\b/i },
      ],
    };
  })(),
};

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

/** A food app's statement for the merchant: net and gross, commissions negative, cancelled orders at nil. */
export const grabMerchant: CorpusDatabase = {
  name: 'food-delivery-merchant-statement',
  day: '2026-11-25',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-25', open: [10, 22], perDay: [6, 13], days: 45 }).map(
      (moment, index) => {
        const amount = random.money(9, 78);
        const cancelled = random.chance(0.1);
        const commission = cancelled ? 0 : -cents(amount * 0.3);
        return {
          'Merchant Name': branches[0],
          'Store Name': random.pick(branches),
          'Updated On': `${namedMonth(later(moment, 60))} ${timeOf(later(moment, 60)).slice(0, 5)}`,
          'Created On': `${namedMonth(moment)} ${timeOf(moment).slice(0, 5)}`,
          Type: 'GrabFood',
          Category: cancelled ? 'Canceled' : 'Payment',
          Status: cancelled ? 'Cancelled' : 'Transferred',
          'Transaction ID': `GF-${index}-${random.int(100, 999)}`,
          'Short Order ID': `GF-${random.int(100, 999)}`,
          Amount: cancelled ? 0 : amount,
          'Net Sales': cancelled ? 0 : amount,
          'Grab Commission': commission,
          Total: cancelled ? 0 : cents(amount + commission),
          'Customer Phone': random.pick(people).phone,
        };
      },
    );
    return void load(db, 'grab_statement', rows, {
      Amount: 'REAL',
      'Net Sales': 'REAL',
      'Grab Commission': 'REAL',
      Total: 'REAL',
    });
  },
  truth: {
    amounts: ['"Net Sales"', 'Total'].map((column) => ({
      sql: `SELECT sum(${column}) FROM grab_statement WHERE ${isoOfNamedMonth('Created On')} = :day`,
      currency: null,
    })),
    counts: truthOfTable({
      from: 'grab_statement',
      on: `${isoOfNamedMonth('Created On')} = :day`,
      counting: `Status = 'Transferred'`,
    }).counts,
  },
};

/** Square's API, synced: cents, RFC 3339 in UTC, failed and cancelled payments. */
export const squareApi: CorpusDatabase = {
  name: 'square-api-payments',
  day: '2026-11-26',
  zone: 'America/Los_Angeles',
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', offset: -8, open: [8, 22], perDay: [5, 10], days: 24 });
    const rows = times.map((moment, index) => ({
      id: `bP9${index}Zk${random.int(100, 999)}`,
      created_at: utcZ(moment),
      updated_at: utcZ(later(moment, 1)),
      amount_money_amount: random.int(450, 19_900),
      amount_money_currency: 'USD',
      tip_money_amount: random.pick([0, 100, 250]),
      status: random.pick(['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED', 'CANCELED']),
      source_type: random.pick(['CARD', 'CASH']),
      location_id: 'L88Q',
      buyer_email_address: random.pick(people).email,
      cardholder_name: random.pick(people).name,
      receipt_number: `bP9${index}`,
    }));
    load(db, 'payments', rows, { id: 'TEXT PRIMARY KEY', amount_money_amount: 'INTEGER', tip_money_amount: 'INTEGER' });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'payments',
    on: `date(created_at, '-8 hours') = :day`,
    counting: `status = 'COMPLETED'`,
    sums: ['sum(amount_money_amount) / 100.0', 'sum(amount_money_amount + tip_money_amount) / 100.0'],
    currency: 'USD',
  }),
};

/** Loyverse's other export: a row an item. */
export const loyverseItems: CorpusDatabase = {
  name: 'loyverse-receipts-by-item',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 22], perDay: [5, 11], days: 60 }).flatMap(
      (moment, index) => {
        const sign = random.chance(0.06) ? -1 : 1;
        const cancelled = random.chance(0.05);
        const cashier = random.pick(staff).name;
        return Array.from({ length: random.int(1, 4) }, () => {
          const { name, sku, price } = random.pick(products);
          const quantity = random.int(1, 3);
          const gross = cents(sign * quantity * price);
          return {
            Date: `${dayOf(moment)} ${timeOf(moment).slice(0, 5)}`,
            'Receipt number': `1-${8200 + index}`,
            'Receipt type': sign < 0 ? 'Refund' : 'Sale',
            Category: 'Dry goods',
            SKU: sku,
            Item: name,
            Quantity: String(sign * quantity),
            'Gross sales': two(gross),
            Discounts: '0.00',
            'Net sales': two(gross),
            'Cost of goods': two(gross * 0.5),
            'Gross profit': two(gross * 0.5),
            Taxes: '0.00',
            Store: random.pick(branches),
            'Cashier name': cashier,
            'Customer name': random.pick(people).name,
            Status: cancelled ? 'Cancelled' : 'Closed',
          };
        });
      },
    );
    return void load(db, 'receipts_by_item', rows);
  },
  truth: {
    amounts: truthOfTable({
      from: 'receipts_by_item',
      on: 'substr(Date, 1, 10) = :day',
      counting: `Status = 'Closed'`,
      sums: ['sum("Net sales")'],
    }).amounts,
    counts: [
      ...['1', `Status = 'Closed'`, `Status = 'Closed' AND "Receipt type" = 'Sale'`].flatMap((counting) => [
        {
          sql: `SELECT count(*) FROM receipts_by_item WHERE substr(Date, 1, 10) = :day AND ${counting}`,
          words: /\brows?\b|item/i,
        },
        {
          sql: `SELECT count(DISTINCT "Receipt number") FROM receipts_by_item WHERE substr(Date, 1, 10) = :day AND ${counting}`,
          words: /receipts?(?! by)/i,
        },
      ]),
    ],
  },
};

/** One charge a row in the smallest unit of four currencies, one of which has no cents. */
export const chargesInFourCurrencies: CorpusDatabase = {
  name: 'charges-in-four-currencies',
  day: '2026-11-26',
  zone: 'Asia/Singapore',
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [8, 14], days: 60, after: 2 });
    const rows = times.map((moment, index) => ({
      id: `py_${index}Ab`,
      amount: random.int(900, 48_000),
      currency: random.pick(['sgd', 'sgd', 'sgd', 'myr', 'usd', 'jpy']),
      status: random.pick(['succeeded', 'succeeded', 'succeeded', 'requires_payment_method']),
      created: utcZ(moment),
      customer_email: random.pick(people).email,
    }));
    load(db, 'payment_intents', rows, { id: 'TEXT PRIMARY KEY', amount: 'INTEGER' });
    return times.at(-1)?.at;
  },
  truth: {
    amounts: Object.entries({ SGD: 100, MYR: 100, USD: 100, JPY: 1 }).map(([currency, unit]) => ({
      sql: `SELECT sum(amount) / ${unit}.0 FROM payment_intents
            WHERE date(created, '+8 hours') = :day AND status = 'succeeded' AND currency = '${currency.toLowerCase()}'`,
      currency,
    })),
    counts: truthOfTable({
      from: 'payment_intents',
      on: `date(created, '+8 hours') = :day`,
      counting: `status = 'succeeded'`,
    }).counts,
  },
};

/** Money in and out in one signed column, DR and CR beside it, then the balance. */
export const publicBank: CorpusDatabase = {
  name: 'public-bank-statement',
  day: '2026-11-12',
  zone,
  fill: (db, random) => {
    let balance = 9_120.4;
    const rows = moments(random, { day: '2026-11-12', perDay: [1, 5], closed: [0, 6], days: 100 }).map((moment) => {
      const amount = random.money(20, 1600);
      const credit = random.chance(0.6);
      balance = cents(balance + (credit ? amount : -amount));
      return {
        'Transaction Date': dayFirst(moment, '-'),
        'Account No': random.pick(people).account,
        Particulars: `${credit ? 'IBG CR' : 'DUITNOW DR'} ${random.pick(people).name}`,
        Amount: two(amount),
        'DR/CR': credit ? 'CR' : 'DR',
        Balance: two(balance),
      };
    });
    return void load(db, 'pbe_statement', rows);
  },
  truth: (() => {
    const on = `substr("Transaction Date", 7) || '-' || substr("Transaction Date", 4, 2) || '-' || substr("Transaction Date", 1, 2) = :day`;
    const sum = (kind: string) => `SELECT sum(Amount) FROM pbe_statement WHERE ${on} AND "DR/CR" = '${kind}'`;
    return {
      amounts: [
        { sql: sum('CR'), currency: null, words: /credit|\bCR\b|money in|received|\bin\b/i },
        { sql: sum('DR'), currency: null, words: /debit|\bDR\b|money out|spent|\bout\b/i },
      ],
      counts: truthOfTable({ from: 'pbe_statement', on }).counts,
    };
  })(),
};

/** Kept in local time by a wallet: what a row moved, and what was left after it. */
export const wallet: CorpusDatabase = {
  name: 'prepaid-wallet',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const left = new Map<string, number>();
    const rows = moments(random, { day: '2026-11-26', perDay: [6, 12] }).map((moment, index) => {
      const person = random.pick(people);
      const type = random.pick(['topup', 'spend', 'spend', 'spend']);
      const amount = type === 'topup' ? random.int(1, 5) * 50 : random.money(3, 24);
      const after = cents((left.get(person.name) ?? 400) + (type === 'topup' ? amount : -amount));
      left.set(person.name, after);
      return {
        id: index + 1,
        member_phone: person.phone,
        type,
        amount,
        balance_after: after,
        created_at: localText(moment),
      };
    });
    return void load(db, 'wallet_transactions', rows, {
      id: 'INTEGER PRIMARY KEY',
      amount: 'REAL',
      balance_after: 'REAL',
    });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(amount) FROM wallet_transactions WHERE date(created_at) = :day AND type = 'spend'`,
        currency: null,
        words: /spen[dt]/i,
      },
      {
        sql: `SELECT sum(amount) FROM wallet_transactions WHERE date(created_at) = :day AND type = 'topup'`,
        currency: null,
        words: /top/i,
      },
    ],
    counts: truthOfTable({ from: 'wallet_transactions', on: 'date(created_at) = :day' }).counts,
  },
};

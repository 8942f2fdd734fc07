import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Orders and their lines, and a total in neither. */
export const linesOnly: CorpusDatabase = {
  name: 'order-header-and-lines',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', perDay: [4, 9], days: 60 });
    const orders = times.map((moment, index) => ({
      OrderID: 10_248 + index,
      Customer: random.pick(people).name,
      OrderDate: localText(moment),
      Freight: random.money(2, 30),
      ShipAddress: random.pick(people).address,
    }));
    load(db, 'Orders', orders, { OrderID: 'INTEGER PRIMARY KEY', OrderDate: 'DATETIME', Freight: 'NUMERIC' });
    const lines = orders.flatMap(({ OrderID }) =>
      Array.from({ length: random.int(1, 4) }, () => {
        const product = random.pick(products);
        return {
          OrderID,
          ProductName: product.name,
          UnitPrice: product.price,
          Quantity: random.int(1, 12),
          Discount: random.pick([0, 0, 0.1]),
        };
      }),
    );
    return void load(db, 'Order Details', lines, {
      OrderID: 'INTEGER',
      UnitPrice: 'NUMERIC',
      Quantity: 'INTEGER',
      Discount: 'REAL',
    });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(UnitPrice * Quantity * (1 - Discount)) FROM "Order Details" JOIN Orders USING (OrderID)
              WHERE date(OrderDate) = :day`,
        currency: null,
      },
      { sql: 'SELECT sum(Freight) FROM Orders WHERE date(OrderDate) = :day', currency: null, words: /freight/i },
    ],
    counts: truthOfTable({ from: 'Orders', on: 'date(OrderDate) = :day', words: /orders\b/i }).counts,
  },
};

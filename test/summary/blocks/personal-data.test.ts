import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowed, looksPersonal } from '../../../jobs/summary/blocks/personal-data.ts';

const column = (name: string, table: string | null = 'orders', own: string | null = name) => ({
  name,
  table,
  column: table === null ? null : own,
});

const hidden = [
  column('email'),
  column('CustomerEmail'),
  column('phone_no'),
  column('BillingAddress'),
  column('ship_address2'),
  column('PostalCode'),
  column('ic_no'),
  column('passport_number'),
  column('card_number'),
  column('bank_account'),
  column('date_of_birth'),
  column('customer_name'),
  column('CustomerName'),
  column('FirstName', 'Employee'),
  column('last_name', 'actor'),
  column('ShipName'),
  column('name', 'customers'),
  column('Name', 'Suppliers'),
  column('CompanyName', 'Customers'),
  column('notes', 'patients'),
  column('password_hash', 'users'),
  column('ip_address', 'sessions'),
  column('Buyer', 'orders', 'buyer_name'),
  column('Who', 'users', 'email'),
  column('name', null),
  column('email', null),
];
const shown = [
  column('id'),
  column('total'),
  column('channel'),
  column('city'),
  column('Country', 'Customer'),
  column('product_name', 'products'),
  column('Name', 'Genre'),
  column('name', 'categories'),
  column('title', 'films'),
  column('description', 'products'),
  column('BillingCountry', 'Invoice'),
  column('music', 'albums'),
  column('topic', 'posts'),
  column('number of orders', null),
];

for (const one of hidden) {
  test(`${one.table ?? 'a computed'} ${one.name}${one.column === one.name ? '' : ` (${one.column})`} looks personal`, () => {
    assert.equal(looksPersonal(one), true);
  });
}
for (const one of shown) {
  test(`${one.table ?? 'a computed'} ${one.name} does not look personal`, () => {
    assert.equal(looksPersonal(one), false);
  });
}

test('a report allows a column by its title, its own name, or with its table, in any case', () => {
  const buyer = column('Buyer', 'orders', 'buyer_name');
  const allowed = [['Buyer'], ['buyer_name'], ['ORDERS.buyer_name'], ['customers.buyer_name'], []];
  assert.deepEqual(
    allowed.map((show) => isAllowed(buyer, show)),
    [true, true, true, false, false],
  );
});

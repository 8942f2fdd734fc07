import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A courier: weights, cash to collect (not the courier's), charges; a returned parcel is still charged. */
export const logistics: CorpusDatabase = {
  name: 'courier-shipments',
  day: '2026-11-25',
  zone,
  fill: (db, random) => {
    const shipments = moments(random, { day: '2026-11-25', perDay: [7, 15], days: 60 }).map((moment, index) => {
      const person = random.pick(people);
      return {
        tracking_no: `MYX${88_000_000 + index}`,
        booked_at: localText(moment),
        sender: random.pick(people).name,
        receiver: person.name,
        receiver_phone: person.phone,
        receiver_address: person.address,
        postcode: 10_000 + random.int(0, 80_000),
        weight_kg: random.money(1, 22),
        cod_amount: random.pick([0, 0, 0, 89, 120]),
        delivery_charge: random.money(5, 38),
        status: random.pick(['delivered', 'delivered', 'in transit', 'returned']),
      };
    });
    return void load(db, 'shipments', shipments, {
      tracking_no: 'TEXT PRIMARY KEY',
      postcode: 'INTEGER',
      weight_kg: 'REAL',
      cod_amount: 'REAL',
      delivery_charge: 'REAL',
    });
  },
  truth: truthOfTable({ from: 'shipments', on: 'date(booked_at) = :day', sums: ['sum(delivery_charge)'] }),
};

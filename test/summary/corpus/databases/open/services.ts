import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, dayOf, later, localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A clinic: patients by identity card, visits, invoices with a part that the insurer pays. */
export const clinic: CorpusDatabase = {
  name: 'clinic-visits-and-invoices',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const patients = people.map(({ ic, name, phone, address }, index) => ({
      ic,
      name,
      phone,
      address,
      birth_year: 1960 + index * 3,
      allergies: 'penicillin',
    }));
    load(db, 'patients', patients, { ic: 'TEXT PRIMARY KEY', birth_year: 'INTEGER' });
    const times = moments(random, { day: '2026-11-26', open: [8, 21], perDay: [6, 13], closed: [0] });
    const visits = times.map((moment, index) => ({
      id: index + 1,
      patient_ic: random.pick(people).ic,
      doctor: random.pick(staff).name,
      diagnosis: random.pick(['J06.9', 'K29.7', 'I10', 'E11.9']),
      weight_kg: random.money(40, 98),
      arrived_at: localText(moment),
    }));
    load(db, 'visits', visits, { id: 'INTEGER PRIMARY KEY', weight_kg: 'REAL' });
    const invoices = times.map((moment, index) => ({
      id: index + 1,
      visit_id: index + 1,
      issued_at: localText(later(moment, 25)),
      consultation: 45,
      medicine: random.money(8, 140),
      total: 0,
      void: random.chance(0.06) ? 1 : 0,
    }));
    for (const invoice of invoices) invoice.total = cents(invoice.consultation + invoice.medicine);
    return void load(db, 'invoices', invoices, {
      id: 'INTEGER PRIMARY KEY',
      visit_id: 'INTEGER',
      consultation: 'REAL',
      medicine: 'REAL',
      total: 'REAL',
      void: 'INTEGER',
    });
  },
  truth: {
    amounts: truthOfTable({
      from: 'invoices',
      on: 'date(issued_at) = :day',
      counting: 'void = 0',
      sums: ['sum(total)'],
    }).amounts,
    counts: [
      ...truthOfTable({ from: 'invoices', on: 'date(issued_at) = :day', counting: 'void = 0', words: /invoice/i })
        .counts,
      ...truthOfTable({ from: 'visits', on: 'date(arrived_at) = :day', words: /visit/i }).counts,
    ],
  },
};

/** A workshop that keeps day-first dates in text; parts and labour add up to the total. */
export const workshop: CorpusDatabase = {
  name: 'workshop-job-cards',
  day: '2026-11-24',
  zone,
  fill: (db, random) => {
    const cards = moments(random, { day: '2026-11-24', perDay: [3, 8], closed: [0], days: 90 }).map((moment, index) => {
      const person = random.pick(people);
      const partsCost = random.money(20, 900);
      const labour = random.pick([60, 80, 120, 200]);
      return {
        job_no: `JC-${2300 + index}`,
        date: dayFirst(moment),
        plate_no: person.plate,
        owner: person.name,
        mechanic: random.pick(staff).name,
        mileage: random.int(8000, 190_000),
        parts: partsCost,
        labour,
        total: cents(partsCost + labour),
        status: random.pick(['Done', 'Done', 'Collected', 'Quotation']),
      };
    });
    return void load(db, 'job_cards', cards, { mileage: 'INTEGER', parts: 'REAL', labour: 'REAL', total: 'REAL' });
  },
  truth: truthOfTable({
    from: 'job_cards',
    on: `substr(date, 7) || '-' || substr(date, 4, 2) || '-' || substr(date, 1, 2) = :day`,
    counting: `status <> 'Quotation'`,
    sums: ['sum(total)'],
  }),
};

/** A kindergarten's fees: what is due and what was paid are two columns. */
export const schoolFees: CorpusDatabase = {
  name: 'school-fee-payments',
  day: '2026-11-03',
  zone,
  fill: (db, random) => {
    const pupils = people.map(({ name, ic, phone }, index) => ({
      id: index + 1,
      pupil_name: name,
      mykid: ic,
      guardian_phone: phone,
      monthly_fee: 350,
      year: 2026,
    }));
    load(db, 'pupils', pupils, { id: 'INTEGER PRIMARY KEY', monthly_fee: 'INTEGER', year: 'INTEGER' });
    const payments = moments(random, { day: '2026-11-03', days: 240, perDay: [1, 4], closed: [0, 6] }).map(
      (moment, index) => ({
        receipt_no: 7000 + index,
        pupil_id: random.int(1, people.length),
        for_month: dayOf(moment).slice(0, 7),
        amount_due: 350,
        amount_paid: random.pick([350, 350, 350, 175, 700]),
        method: random.pick(['cash', 'bank transfer']),
        paid_on: dayOf(moment),
        received_by: random.pick(staff).name,
      }),
    );
    return void load(db, 'fee_payments', payments, {
      receipt_no: 'INTEGER PRIMARY KEY',
      pupil_id: 'INTEGER',
      amount_due: 'REAL',
      amount_paid: 'REAL',
      paid_on: 'DATE',
    });
  },
  truth: truthOfTable({ from: 'fee_payments', on: 'paid_on = :day', sums: ['sum(amount_paid)'] }),
};

/** Rents: what a tenancy costs is not what came in; deposits are no rent. */
export const rents: CorpusDatabase = {
  name: 'property-rent-ledger',
  day: '2026-11-05',
  zone,
  fill: (db, random) => {
    const tenancies = people.map(({ name, phone, address }, index) => ({
      id: index + 1,
      tenant: name,
      phone,
      unit: address,
      monthly_rent: 900 + index * 50,
      start_date: `2025-${String(1 + (index % 12)).padStart(2, '0')}-01`,
      end_date: `2027-${String(1 + (index % 12)).padStart(2, '0')}-01`,
    }));
    load(db, 'tenancies', tenancies, { id: 'INTEGER PRIMARY KEY', monthly_rent: 'NUMERIC' });
    const receipts = moments(random, { day: '2026-11-05', days: 200, perDay: [1, 3] }).map((moment, index) => {
      const type = random.pick(['rent', 'rent', 'rent', 'rent', 'deposit', 'deposit refund']);
      const amount = random.int(9, 16) * 100;
      return {
        id: index + 1,
        tenancy_id: random.int(1, people.length),
        type,
        amount: type === 'deposit refund' ? -amount : amount,
        received_on: dayOf(moment),
        bank_ref: random.pick(people).account,
      };
    });
    return void load(db, 'receipts', receipts, { id: 'INTEGER PRIMARY KEY', tenancy_id: 'INTEGER', amount: 'NUMERIC' });
  },
  truth: {
    amounts: [
      { sql: `SELECT sum(amount) FROM receipts WHERE received_on = :day AND type = 'rent'`, currency: null },
      { sql: 'SELECT sum(amount) FROM receipts WHERE received_on = :day', currency: null },
    ],
    counts: [...truthOfTable({ from: 'receipts', on: 'received_on = :day', counting: `type = 'rent'` }).counts],
  },
};

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

/** Who came to work: nothing is sold here. */
export const attendance: CorpusDatabase = {
  name: 'staff-attendance',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [7, 10], perDay: [3, 4], closed: [0] }).map(
      (moment, index) => {
        const person = random.pick(staff);
        return {
          id: index + 1,
          staff_name: person.name,
          ic_no: person.ic,
          clock_in: localText(moment),
          clock_out: localText(later(moment, 540)),
          hours: 9,
          hourly_rate: 12.5,
        };
      },
    );
    return void load(db, 'attendance', rows, { id: 'INTEGER PRIMARY KEY', hours: 'REAL', hourly_rate: 'REAL' });
  },
  truth: {
    amounts: [
      {
        sql: 'SELECT sum(hours) FROM attendance WHERE date(clock_in) = :day',
        currency: null,
        words: /hours/i,
        isExtra: true,
      },
    ],
    counts: truthOfTable({ from: 'attendance', on: 'date(clock_in) = :day' }).counts,
  },
};

/** A mosque's collections, in Malay: pledged and received are different things. */
export const donations: CorpusDatabase = {
  name: 'kutipan-derma',
  day: '2026-11-20',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-20', perDay: [2, 7], days: 120 }).map((moment, index) => ({
      no_resit: `R${4000 + index}`,
      tarikh: dayOf(moment),
      nama_penderma: random.pick(people).name,
      no_telefon: random.pick(people).phone,
      tabung: random.pick(['am', 'anak yatim', 'pembinaan']),
      jumlah_rm: two(random.money(5, 300)),
      kaedah: random.pick(['tunai', 'QR', 'pindahan']),
    }));
    return void load(db, 'derma', rows);
  },
  truth: truthOfTable({ from: 'derma', on: 'tarikh = :day', sums: ['sum(jumlah_rm)'], currency: 'MYR' }),
};

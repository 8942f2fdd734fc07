import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, dayOf, later, localText, moments } from '../../moments.ts';
import { people, products, staff } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A minimarket's program in Malay: cancelled sales, change given back. */
export const kedaiRuncit: CorpusDatabase = {
  name: 'kedai-runcit',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 23], perDay: [9, 18], days: 60 }).map(
      (moment, index) => {
        const total = random.money(2, 95);
        const given = Math.ceil(total / 10) * 10;
        return {
          id: index + 1,
          no_resit: `KR${70_000 + index}`,
          tarikh_masa: localText(moment),
          juruwang: random.pick(staff).name,
          pelanggan: random.pick(people).name,
          jumlah: total,
          bayaran: given,
          baki: cents(given - total),
          kaedah: random.pick(['tunai', 'tunai', 'kad', 'e-dompet']),
          status: random.pick(['selesai', 'selesai', 'selesai', 'selesai', 'batal']),
        };
      },
    );
    return void load(db, 'jualan', rows, { id: 'INTEGER PRIMARY KEY', jumlah: 'REAL', bayaran: 'REAL', baki: 'REAL' });
  },
  truth: truthOfTable({
    from: 'jualan',
    on: 'date(tarikh_masa) = :day',
    counting: `status = 'selesai'`,
    sums: ['sum(jumlah)'],
  }),
};

/** A dental practice that keeps its books in Chinese. */
export const dentist: CorpusDatabase = {
  name: 'chinese-dental-practice',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [4, 9], closed: [0] }).map((moment, index) => {
      const person = random.pick(people);
      return {
        编号: index + 1,
        日期: dayOf(moment),
        病人姓名: person.name,
        身份证号: person.ic,
        电话: person.phone,
        医生: random.pick(staff).name,
        治疗: random.pick(['洗牙', '补牙', '拔牙']),
        收费: random.money(60, 480),
        付款方式: random.pick(['现金', '刷卡']),
      };
    });
    return void load(db, '诊疗记录', rows, { 编号: 'INTEGER PRIMARY KEY', 收费: 'REAL' });
  },
  truth: truthOfTable({ from: '诊疗记录', on: '日期 = :day', sums: ['sum(收费)'] }),
};

/** A tuition centre, in Tamil. */
export const tuition: CorpusDatabase = {
  name: 'tamil-tuition-centre',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [2, 6] }).map((moment, index) => ({
      எண்: index + 1,
      தேதி: dayFirst(moment),
      மாணவர்: random.pick(people).name,
      தொலைபேசி: random.pick(people).phone,
      பாடம்: random.pick(['கணிதம்', 'அறிவியல்']),
      கட்டணம்: random.pick([60, 80, 120]),
    }));
    return void load(db, 'கட்டணங்கள்', rows, { எண்: 'INTEGER', கட்டணம்: 'INTEGER' });
  },
  truth: truthOfTable({
    from: 'கட்டணங்கள்',
    on: `substr(தேதி, 7) || '-' || substr(தேதி, 4, 2) || '-' || substr(தேதி, 1, 2) = :day`,
    sums: ['sum(கட்டணம்)'],
  }),
};

/** Thai rents: Buddhist years in ISO order, one row a unit and month, water and power beside. */
export const thaiRents: CorpusDatabase = {
  name: 'thai-rents-buddhist-iso',
  day: '2026-11-05',
  zone: 'Asia/Bangkok',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-05', offset: 7, perDay: [1, 4], days: 120 }).map((moment, index) => {
      const rent = random.pick([4500, 5200, 6800]);
      const water = random.int(80, 260);
      const power = random.int(300, 1400);
      return {
        เลขที่ใบเสร็จ: 8000 + index,
        วันที่รับเงิน: `${Number(dayOf(moment).slice(0, 4)) + 543}${dayOf(moment).slice(4)}`,
        ผู้เช่า: random.pick(people).name,
        ค่าเช่า: rent,
        ค่าน้ำ: water,
        ค่าไฟ: power,
        รวม: rent + water + power,
      };
    });
    return void load(db, 'รับชำระ', rows, {
      เลขที่ใบเสร็จ: 'INTEGER PRIMARY KEY',
      ค่าเช่า: 'REAL',
      ค่าน้ำ: 'REAL',
      ค่าไฟ: 'REAL',
      รวม: 'REAL',
    });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(รวม) FROM รับชำระ WHERE (substr(วันที่รับเงิน, 1, 4) - 543) || substr(วันที่รับเงิน, 5) = :day`,
        currency: null,
      },
      {
        sql: `SELECT sum(ค่าเช่า) FROM รับชำระ WHERE (substr(วันที่รับเงิน, 1, 4) - 543) || substr(วันที่รับเงิน, 5) = :day`,
        currency: null,
        words: /เช่า/,
      },
    ],
    counts: truthOfTable({ from: 'รับชำระ', on: `(substr(วันที่รับเงิน, 1, 4) - 543) || substr(วันที่รับเงิน, 5) = :day` }).counts,
  },
};

/** A courier's scans: several rows a parcel, and no money. */
export const parcelScans: CorpusDatabase = {
  name: 'parcel-tracking-events',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [5, 23], perDay: [4, 9], days: 60 })
      .flatMap((moment, index) =>
        ['picked up', 'at hub', 'out for delivery', 'delivered'].slice(0, random.int(1, 4)).map((event, step) => ({
          tracking_no: `PX${600_000 + index}MY`,
          event,
          moment: later(moment, step * 240),
          driver: random.pick(staff).name,
          plate: random.pick(people).plate,
          receiver: random.pick(people).name,
        })),
      )
      .filter(({ moment }) => dayOf(moment) <= '2026-11-26')
      .map(({ moment, ...rest }, index) => ({ id: index + 1, ...rest, scanned_at: localText(moment) }));
    return void load(db, 'tracking_events', rows, { id: 'INTEGER PRIMARY KEY' });
  },
  truth: {
    amounts: [],
    counts: [
      { sql: 'SELECT count(*) FROM tracking_events WHERE date(scanned_at) = :day' },
      {
        sql: `SELECT count(*) FROM tracking_events WHERE date(scanned_at) = :day AND event = 'delivered'`,
        words: /delivered/i,
      },
    ],
  },
};

/** A car park: keyed by ticket, plates, cars still inside have no fee yet. */
export const carPark: CorpusDatabase = {
  name: 'car-park-tickets',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [6, 23], perDay: [10, 20], days: 45 }).map(
      (moment, index) => {
        const left = later(moment, random.int(20, 600));
        const inside = dayOf(left) > '2026-11-26';
        return {
          ticket: `T${500_000 + index}`,
          plate: random.pick(people).plate,
          entry_at: localText(moment),
          exit_at: inside ? null : localText(left),
          minutes: inside ? null : Math.round((left.at - moment.at) / 60_000),
          fee: inside ? null : cents(Math.ceil((left.at - moment.at) / 3_600_000) * 1.5 + 0.5),
          paid_by: inside ? null : random.pick(['Touch n Go', 'cash']),
        };
      },
    );
    return void load(db, 'tickets', rows, { ticket: 'TEXT PRIMARY KEY', minutes: 'INTEGER', fee: 'REAL' });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(fee) FROM tickets WHERE date(exit_at) = :day', currency: null },
      { sql: 'SELECT sum(fee) FROM tickets WHERE date(entry_at) = :day', currency: null },
    ],
    counts: [
      { sql: 'SELECT count(*) FROM tickets WHERE date(entry_at) = :day' },
      { sql: 'SELECT count(*) FROM tickets WHERE date(exit_at) = :day' },
    ],
  },
};

/** E-invoices as the tax office wants them: excluding, tax, including; rejected ones do not count. */
export const eInvoices: CorpusDatabase = {
  name: 'e-invoices',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 8] }).map((moment, index) => {
      const excluding = random.money(80, 4000);
      const tax = cents(excluding * 0.08);
      return {
        uuid: `F9D425P6DS7D${index}`,
        internal_id: `EI-${index + 1}`,
        type_name: 'Invoice',
        issuer_tin: 'C58412233090',
        receiver_tin: `IG${random.pick(people).ic.replaceAll('-', '')}`,
        receiver_name: random.pick(people).name,
        date_time_issued: new Date(moment.at).toISOString().replace('.000', ''),
        status: random.pick(['Valid', 'Valid', 'Valid', 'Valid', 'Invalid', 'Cancelled']),
        currency: 'MYR',
        total_excluding_tax: excluding,
        total_tax: tax,
        total_payable_amount: cents(excluding + tax),
      };
    });
    return void load(db, 'documents', rows, {
      uuid: 'TEXT PRIMARY KEY',
      total_excluding_tax: 'REAL',
      total_tax: 'REAL',
      total_payable_amount: 'REAL',
    });
  },
  truth: truthOfTable({
    from: 'documents',
    on: `date(date_time_issued, '+8 hours') = :day`,
    counting: `status = 'Valid'`,
    sums: ['sum(total_payable_amount)', 'sum(total_excluding_tax)'],
    currency: 'MYR',
  }),
  canaries: ['C58412233090', ...people.map(({ ic }) => `IG${ic.replaceAll('-', '')}`)],
};

/** A spreadsheet read as it is: days are Excel's numbers. */
export const excelDays: CorpusDatabase = {
  name: 'excel-serial-days',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 8] }).map((moment, index) => ({
      No: index + 1,
      Date: Math.floor((moment.at + 8 * 3_600_000) / 86_400_000) + 25_569,
      Customer: random.pick(people).name,
      Item: random.pick(products).name,
      'Amount (RM)': random.money(12, 420),
    }));
    return void load(db, 'Sheet1', rows, { No: 'INTEGER', Date: 'INTEGER', 'Amount (RM)': 'REAL' });
  },
  truth: truthOfTable({
    from: 'Sheet1',
    on: `date((Date - 25569) * 86400, 'unixepoch') = :day`,
    sums: ['sum("Amount (RM)")'],
    currency: 'MYR',
  }),
};

/** A petrol station: one row a pump and shift, meters that only grow, takings beside. */
export const petrolShifts: CorpusDatabase = {
  name: 'petrol-station-shifts',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const meters = new Map<number, number>();
    const days = moments(random, { day: '2026-11-26', perDay: [1, 1], days: 90 }).map(dayOf);
    const rows = days.flatMap((day) =>
      ['morning', 'evening', 'night'].flatMap((shift) =>
        [1, 2, 3].map((pump) => {
          const opening = meters.get(pump) ?? 200_000 * pump;
          const litres = random.money(150, 900);
          meters.set(pump, cents(opening + litres));
          return {
            date: day,
            shift,
            pump,
            attendant: random.pick(staff).name,
            opening_meter: opening,
            closing_meter: cents(opening + litres),
            litres,
            price_per_litre: 2.05,
            sales: cents(litres * 2.05),
          };
        }),
      ),
    );
    return void load(db, 'shift_readings', rows, {
      pump: 'INTEGER',
      opening_meter: 'REAL',
      closing_meter: 'REAL',
      litres: 'REAL',
      price_per_litre: 'REAL',
      sales: 'REAL',
    });
  },
  truth: truthOfTable({ from: 'shift_readings', on: 'date = :day', sums: ['sum(sales)'] }),
};

/** A price list and a budget: nothing happened on any day. */
export const nothingHappens: CorpusDatabase = {
  name: 'price-list-and-budget',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const list = products.map(({ sku, name, price }) => ({
      sku,
      name,
      price,
      cost: two(price * 0.6),
      supplier: random.pick(people).name,
    }));
    load(db, 'price_list', list, { price: 'REAL', cost: 'REAL' });
    const months = Array.from({ length: 12 }, (_, index) => ({
      year: 2026,
      month: index + 1,
      sales_target: 40_000 + index * 500,
      actual: null,
    }));
    return void load(db, 'budget', months, { year: 'INTEGER', month: 'INTEGER', sales_target: 'REAL', actual: 'REAL' });
  },
  truth: { amounts: [], counts: [] },
};

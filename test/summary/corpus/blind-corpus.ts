import type { CorpusDatabase } from './corpus-database.ts';
import { carPark } from './databases/blind/car-park.ts';
import { chargesInFourCurrencies } from './databases/blind/charges-in-four-currencies.ts';
import { dentist } from './databases/blind/dentist.ts';
import { eInvoices } from './databases/blind/e-invoices.ts';
import { excelDays } from './databases/blind/excel-days.ts';
import { flask } from './databases/blind/flask.ts';
import { grabMerchant } from './databases/blind/grab-merchant.ts';
import { gym } from './databases/blind/gym.ts';
import { hotel } from './databases/blind/hotel.ts';
import { kedaiRuncit } from './databases/blind/kedai-runcit.ts';
import { linesOnly } from './databases/blind/lines-only.ts';
import { loyverseItems } from './databases/blind/loyverse-items.ts';
import { nothingHappens } from './databases/blind/nothing-happens.ts';
import { odooPos } from './databases/blind/odoo-pos.ts';
import { parcelScans } from './databases/blind/parcel-scans.ts';
import { petrolShifts } from './databases/blind/petrol-shifts.ts';
import { prismaText } from './databases/blind/prisma-text.ts';
import { publicBank } from './databases/blind/public-bank.ts';
import { salon } from './databases/blind/salon.ts';
import { shopeeIncome } from './databases/blind/shopee-income.ts';
import { spree } from './databases/blind/spree.ts';
import { squareApi } from './databases/blind/square-api.ts';
import { thaiRents } from './databases/blind/thai-rents.ts';
import { tickets } from './databases/blind/tickets.ts';
import { tiktokShop } from './databases/blind/tiktok-shop.ts';
import { tuition } from './databases/blind/tuition.ts';
import { wallet } from './databases/blind/wallet.ts';

/** Databases made without a look at the rules, and scored once before anything was changed for them. */
export const blindCorpus: readonly CorpusDatabase[] = [
  carPark,
  chargesInFourCurrencies,
  dentist,
  eInvoices,
  excelDays,
  flask,
  grabMerchant,
  gym,
  hotel,
  kedaiRuncit,
  linesOnly,
  loyverseItems,
  nothingHappens,
  odooPos,
  parcelScans,
  petrolShifts,
  prismaText,
  publicBank,
  salon,
  shopeeIncome,
  spree,
  squareApi,
  thaiRents,
  tickets,
  tiktokShop,
  tuition,
  wallet,
];

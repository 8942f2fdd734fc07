import type { CorpusDatabase } from './corpus-database.ts';
import { amountsInSen } from './databases/open/amounts-in-sen.ts';
import { attendance } from './databases/open/attendance.ts';
import { cimb, journal, maybank } from './databases/open/banks.ts';
import { buddhistYears } from './databases/open/buddhist-years.ts';
import { clinic } from './databases/open/clinic.ts';
import { closedDay } from './databases/open/closed-day.ts';
import { createdAndPaid } from './databases/open/created-and-paid.ts';
import {
  csvData,
  csvsToSqlite,
  forgottenUpload,
  oldAndLive,
  uploadPerMonth,
  views,
} from './databases/open/csv-data.ts';
import { currencies } from './databases/open/currencies.ts';
import { django } from './databases/open/django.ts';
import { donations } from './databases/open/donations.ts';
import { jsonPayload } from './databases/open/json-payload.ts';
import { laravel } from './databases/open/laravel.ts';
import { laravelLocal } from './databases/open/laravel-local.ts';
import { logistics } from './databases/open/logistics.ts';
import { loyverse } from './databases/open/loyverse.ts';
import { lazada, shopee } from './databases/open/malaysian-marketplaces.ts';
import { metabase } from './databases/open/metabase.ts';
import { ambiguousDates, mixedDates, typedAmounts } from './databases/open/mixed-dates.ts';
import { odoo } from './databases/open/odoo.ts';
import { pandas } from './databases/open/pandas.ts';
import { prisma } from './databases/open/prisma.ts';
import { publicSamples } from './databases/open/public-samples.ts';
import { quantityAndPrice } from './databases/open/quantity-and-price.ts';
import { rails } from './databases/open/rails.ts';
import { rates } from './databases/open/rates.ts';
import { rents } from './databases/open/rents.ts';
import { restaurant } from './databases/open/restaurant.ts';
import { schoolFees } from './databases/open/school-fees.ts';
import { sensors } from './databases/open/sensors.ts';
import { shopifyExport, shopifyMonthly } from './databases/open/shopify.ts';
import { square } from './databases/open/square.ts';
import { stockMoves } from './databases/open/stock-moves.ts';
import { storehub } from './databases/open/storehub.ts';
import { stripeCharges } from './databases/open/stripe-charges.ts';
import { stripePayments } from './databases/open/stripe-payments.ts';
import { subscriptions } from './databases/open/subscriptions.ts';
import { testRows } from './databases/open/test-rows.ts';
import { woocommerce, woocommercePosts } from './databases/open/woocommerce.ts';
import { workshop } from './databases/open/workshop.ts';

/** The databases that the rules were made with. */
export const openCorpus: readonly CorpusDatabase[] = [
  amountsInSen,
  attendance,
  maybank,
  cimb,
  journal,
  buddhistYears,
  clinic,
  closedDay,
  createdAndPaid,
  csvData,
  uploadPerMonth,
  csvsToSqlite,
  oldAndLive,
  views,
  forgottenUpload,
  currencies,
  django,
  donations,
  jsonPayload,
  laravelLocal,
  laravel,
  logistics,
  loyverse,
  lazada,
  shopee,
  metabase,
  mixedDates,
  ambiguousDates,
  typedAmounts,
  odoo,
  pandas,
  prisma,
  quantityAndPrice,
  rails,
  rates,
  rents,
  restaurant,
  schoolFees,
  sensors,
  shopifyExport,
  shopifyMonthly,
  square,
  stockMoves,
  storehub,
  stripeCharges,
  stripePayments,
  subscriptions,
  testRows,
  woocommerce,
  woocommercePosts,
  workshop,
  ...publicSamples(process.env['LAB_SAMPLES']),
];

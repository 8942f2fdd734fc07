import type { CorpusDatabase } from './corpus-database.ts';
import * as banks from './databases/open/banks.ts';
import * as frameworks from './databases/open/frameworks.ts';
import * as hardColumns from './databases/open/hard-columns.ts';
import * as marketplaces from './databases/open/malaysian-marketplaces.ts';
import * as pointOfSale from './databases/open/point-of-sale.ts';
import { publicSamples } from './databases/open/public-samples.ts';
import * as services from './databases/open/services.ts';
import * as shopify from './databases/open/shopify.ts';
import * as stripe from './databases/open/stripe.ts';
import * as uploads from './databases/open/uploads.ts';
import * as wordpressAndSamples from './databases/open/wordpress-and-samples.ts';

const files = [
  shopify,
  marketplaces,
  wordpressAndSamples,
  pointOfSale,
  stripe,
  banks,
  services,
  frameworks,
  uploads,
  hardColumns,
];

/** The databases that the rules were made with. */
export const openCorpus: readonly CorpusDatabase[] = [
  ...files.flatMap((file) => Object.values<CorpusDatabase>(file)),
  ...publicSamples(process.env['LAB_SAMPLES']),
];

import { singular } from '../findings/wording.ts';
import type { Cell } from '../measure/question.ts';

/** A table of a database that nobody described, with some of its rows. */
export type Table = {
  readonly name: string;
  readonly rows: number;
  /** The rows were not counted: it is the range of row numbers. */
  readonly isEstimate: boolean;
  readonly hasRowid: boolean;
  readonly columns: readonly Column[];
  readonly foreignKeys: readonly { readonly column: string; readonly table: string; readonly to: string | null }[];
};

export type Column = {
  readonly name: string;
  /** As declared, in upper case; often empty. */
  readonly type: string;
  readonly isKey: boolean;
  /** What a new row gets, as SQL. */
  readonly fallback: string | null;
  /** Values of some of the oldest and the newest rows, without nulls; texts are cut. */
  readonly sample: readonly (string | number)[];
  /** Nulls among those rows. */
  readonly nulls: number;
};

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `OrderDetails` and `order_details` as `order details`. */
export function words(name: string): string {
  return name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_\-\s]+/g, ' ')
    .trim()
    .toLowerCase();
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What its rows are called: `invoice` is `invoices`; of a name that is no plural and not known, `omdb rows`. */
export function pluralWords(name: string): string {
  const text = words(name);
  if (/s$/.test(text) && !/(ss|us)$/.test(text)) return text;
  if (!things.test(text)) return `${text} rows`;
  return /[^aeiou]y$/.test(text) ? `${text.slice(0, -1)}ies` : `${text}s`;
}

/** `orders` is `order`, `categories` is `category`, `omdb` is `omdb row`. */
export function singularWords(name: string): string {
  const text = words(name);
  const one = singular(text);
  return one !== text || things.test(text) ? one : `${text} row`;
}

const things =
  /(^| )(order|sale|invoice|transaction|payment|receipt|booking|rental|purchase|subscription|donation|ticket|shipment|delivery|trip|visit|appointment|customer|client|user|employee|contact|member|supplier|product|item|event|entry|film|track|album|post|comment|message|lead|session|account|movement|record|report|order line|order item)$/;

export type Sampled = readonly (readonly Cell[])[];

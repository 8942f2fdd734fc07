import { isMinorName } from '../column-words.ts';
import { capitalized, spaced } from '../row-nouns.ts';
import { cellSql } from '../sql-text.ts';
import type { ColumnProfile } from '../table-profile.ts';
import { isText } from './numbers.ts';

type Column = Pick<ColumnProfile, 'name' | 'json' | 'sample' | 'label'>;

/** How much a row is worth. */
export type Amount =
  | { readonly kind: 'column'; readonly column: Column; readonly isMinor: boolean; readonly less: Column | null }
  | {
      readonly kind: 'product';
      readonly price: Column;
      readonly quantity: Column;
      readonly isMinor: boolean;
      /** What is taken off: a share of it, or an amount. */
      readonly discount: { readonly column: Column; readonly isShare: boolean } | null;
    };

/** The amount of a row of the table `alias`. */
export function amountSql(amount: Amount, alias = 't'): string {
  const minor = amount.isMinor ? ' / 100.0' : '';
  if (amount.kind === 'column') {
    const less = amount.less === null ? '' : ` - coalesce(${numberSql(amount.less, alias)}, 0)`;
    const value = `${numberSql(amount.column, alias)}${less}`;
    return minor === '' || less === '' ? `${value}${minor}` : `(${value})${minor}`;
  }
  const product = `${numberSql(amount.price, alias)} * ${numberSql(amount.quantity, alias)}`;
  if (amount.discount === null) return `${product}${minor}`;
  const discount = `coalesce(${numberSql(amount.discount.column, alias)}, 0)`;
  return amount.discount.isShare ? `${product} * (1 - ${discount})${minor}` : `(${product} - ${discount})${minor}`;
}

function numberSql(column: Column, alias: string): string {
  const cell = cellSql(column, alias);
  return isText(column) ? `num(${cell})` : cell;
}

/** As a person would find it: `“total”`. */
export function amountName(amount: Amount): string {
  return amount.kind === 'column'
    ? `“${amount.column.name}”`
    : `“${amount.price.name}” times “${amount.quantity.name}”`;
}

/** What the sum of the amounts is called; `row`: what a row is. */
export function amountTitle(amount: Amount, row: string): string {
  const name = amount.kind === 'column' ? spaced(amount.column.label) : '';
  const bare = name.replace(/( in)? \(?(rm|myr|usd|eur|sgd|cents?|sen)\)?$/, '');
  const isPlain =
    /^(total|amount|amt|value|grand total|total amount|price|)$/.test(bare) ||
    (amount.kind === 'column' && isMinorName(bare));
  return isPlain ? `${capitalized(row)} total` : capitalized(bare);
}

const symbols = [
  'RM',
  'Rp',
  'Rs',
  'Rs.',
  'kr',
  'kr.',
  'zł',
  'Kč',
  'Ft',
  'lei',
  'лв',
  'Tk',
  'NT',
  'HK',
  'US',
  'AU',
  'R',
  'S',
  'A',
  'C',
];
const currencies = new Set([...Intl.supportedValuesOf('currency'), ...symbols].map((name) => name.toUpperCase()));
/** Letters that may be a currency, a sign of currency, an amount, and the same after it. */
const amount =
  /^((?:\p{L}[\p{L}.]*)?)\s*(\p{Sc}?)\s*([-+−]?)\s*(\p{Sc}?)\s*(\d[\d.,'\s]*|[.,]\d+)\s*(-?)\s*(\p{Sc}?)\s*((?:\p{L}[\p{L}.]*)?|%)$/u;

/**
 * The number in a value of a database, null when there is none: `RM 1,234.50`, `(45.00)`, `1.234,50 €`, `12 %` (12). A
 * single comma before exactly three digits parts thousands; a single point is a decimal point.
 */
export function num(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return null;
  const text = value.trim().replaceAll(/[\u00a0\u202f]/g, ' ');
  if (/^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text)) return Number(text);
  const inner = /^\((.*)\)$/.exec(text)?.[1];
  if (inner !== undefined) return negative(num(inner));
  return ofAmount(text);
}

function ofAmount(text: string): number | null {
  const found = amount.exec(text);
  if (found === null) return null;
  const [, before = '', , lead = '', , digits = '', trail = '', , after = ''] = found;
  if (!isCurrency(before) || !(after === '%' || isCurrency(after))) return null;
  const size = sizeOf(digits.replaceAll(/[\s']/g, ''));
  if (size === null) return null;
  return lead === '-' || lead === '−' || trail === '-' ? -size : size;
}

function isCurrency(letters: string): boolean {
  return letters === '' || currencies.has(letters.toUpperCase());
}

/** Digits with points and commas: the last of two kinds is the decimal sign; one kind more than once parts thousands. */
function sizeOf(digits: string): number | null {
  const comma = digits.lastIndexOf(',');
  const point = digits.lastIndexOf('.');
  const last = comma > point ? ',' : '.';
  const times = digits.split(last).length - 1;
  if (comma >= 0 && point >= 0) return times === 1 ? plain(digits, last) : null;
  const isThousands = times !== 1 || (last === ',' && /^\d{1,3},\d{3}$/.test(digits));
  return plain(digits, isThousands ? '' : last);
}

function plain(digits: string, decimal: string): number | null {
  const cut = decimal === '' ? digits.length : digits.lastIndexOf(decimal);
  const whole = digits.slice(0, cut).replaceAll(/[.,]/g, '');
  const fraction = digits.slice(cut + 1);
  if (!/^\d*$/.test(fraction)) return null;
  return Number(`${whole || '0'}.${fraction || '0'}`);
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

/** `OrderDetails` and `order_details` as `order details`. */
export function spaced(name: string): string {
  return name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_\-\s]+/g, ' ')
    .trim()
    .toLowerCase();
}

export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What its rows are called: `invoice` is `invoices`; of a name that is no plural and not known, `omdb rows`. */
export function pluralNoun(name: string): string {
  const text = spaced(name);
  if (/s$/.test(text) && !/(ss|us)$/.test(text)) return text;
  if (!countableNouns.test(text)) return `${text} rows`;
  return /[^aeiou]y$/.test(text) ? `${text.slice(0, -1)}ies` : `${text}s`;
}

/** `orders` is `order`, `categories` is `category`, `omdb` is `omdb row`. */
export function singularNoun(name: string): string {
  const text = spaced(name);
  const one = singular(text);
  return one !== text || countableNouns.test(text) ? one : `${text} row`;
}

/** `orders` is `order`, `entries` is `entry`; English. */
export function singular(text: string): string {
  if (/ies$/.test(text)) return `${text.slice(0, -3)}y`;
  if (/(ss|us|x|ch|sh)es$/.test(text)) return text.slice(0, -2);
  return /[^su]s$/.test(text) ? text.slice(0, -1) : text;
}

const countableNouns =
  /(^| )(order|sale|invoice|transaction|payment|receipt|booking|rental|purchase|subscription|donation|ticket|shipment|delivery|trip|visit|appointment|customer|client|user|employee|contact|member|supplier|product|item|event|entry|film|track|album|post|comment|message|lead|session|account|movement|record|report|order line|order item)$/;

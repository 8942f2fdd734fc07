const symbols: Readonly<Record<string, string>> = {
  RM: 'MYR',
  S$: 'SGD',
  US$: 'USD',
  $: 'USD',
  '฿': 'THB',
  '£': 'GBP',
  '€': 'EUR',
  '¥': 'JPY',
};

const codes = new Set(Intl.supportedValuesOf('currency'));

/** Amounts that a text shows with a currency: `RM 1,234.50`, `SGD 12`. */
export function moneyIn(shown: string): { readonly currency: string; readonly value: number }[] {
  const found = shown.matchAll(/(?<![\p{L}\d])(RM|US\$|S\$|[$฿£€¥]|[A-Z]{3})\s?(\d[\d,]*(?:\.\d+)?)/gu);
  return [...found]
    .map(([, sign = '', digits = '']) => ({
      currency: symbols[sign] ?? sign,
      value: Number(digits.replaceAll(',', '')),
    }))
    .filter(({ currency }) => codes.has(currency));
}

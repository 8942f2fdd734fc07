export type ValueFormat = 'number' | 'money' | 'percent';

/** How a report writes its figures, as its locale has them, and its dates, in English. */
export type ReportFormat = {
  /** Large amounts without cents. */
  readonly rounded: (value: number, format: ValueFormat) => string;
  /** Every amount with its cents, for tables. */
  readonly exact: (value: number, format: ValueFormat) => string;
  /** `Monday, 24 November 2025`. */
  readonly longDay: (day: string) => string;
  /** `24 Nov`. */
  readonly shortDay: (day: string) => string;
};

const nbsp = '\u00a0';

export function reportFormat(locale: string, currency: string): ReportFormat {
  // The text around them is English.
  const dates = locale.startsWith('en') ? locale : 'en-GB';
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const amount = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const money = new Intl.NumberFormat(locale, amount);
  const wholeMoney = new Intl.NumberFormat(locale, { ...amount, maximumFractionDigits: 0 });
  const exact = (value: number, format: ValueFormat) => {
    if (format === 'money') return money.format(value);
    return `${plain.format(value)}${format === 'percent' ? `${nbsp}%` : ''}`;
  };
  return {
    exact,
    rounded: (value, format) => {
      if (Math.abs(value) < 1000 || format === 'percent') return exact(value, format);
      return format === 'money' ? wholeMoney.format(value) : whole.format(value);
    },
    longDay: (day) => dateText(day, dates, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    shortDay: (day) => dateText(day, dates, { day: 'numeric', month: 'short' }),
  };
}

function dateText(day: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return Temporal.PlainDate.from(day).toLocaleString(locale, options);
}

/** `Monday`. */
export function weekdayOf(day: string): string {
  return Temporal.PlainDate.from(day).toLocaleString('en', { weekday: 'long' });
}

/** `orders` is `order`, `entries` is `entry`; English. */
export function singular(text: string): string {
  if (/ies$/.test(text)) return `${text.slice(0, -3)}y`;
  if (/(ss|us|x|ch|sh)es$/.test(text)) return text.slice(0, -2);
  return /[^su]s$/.test(text) ? text.slice(0, -1) : text;
}

/** `12 %`, `2.8 %`: a share of 1, without its sign. */
export function percentText(share: number): string {
  const percent = Math.abs(share) * 100;
  const digits = { maximumFractionDigits: percent < 9.95 ? 1 : 0 };
  return `${new Intl.NumberFormat('en', digits).format(percent)}${nbsp}%`;
}

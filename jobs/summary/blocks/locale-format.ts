export type ValueFormat = 'number' | 'money' | 'percent';

/** How a locale writes dates and axis numbers. The text around them is English, so dates are, too. */
export type LocaleFormat = {
  /** `Sunday, 30 November 2025`. */
  readonly longDay: (day: string) => string;
  /** `Sat 29 Nov`. */
  readonly weekdayAndDay: (day: string) => string;
  /** `29 Nov`. */
  readonly shortDay: (day: string) => string;
  /** `November 2025`, of `2025-11`. */
  readonly month: (month: string) => string;
  /** `1.2K`: short, and precise enough to tell neighbours that are `step` apart. */
  readonly tick: (value: number, step: number) => string;
};

/** The same with a report's figures. */
export type ReportFormat = LocaleFormat & {
  /** Large amounts without cents. */
  readonly rounded: (value: number, format: ValueFormat) => string;
  /** Every amount with its cents, for tables. */
  readonly exact: (value: number, format: ValueFormat) => string;
};

const nbsp = '\u00a0';

/** The format of a BCP 47 locale; of one that is unknown, British English. */
export function localeFormat(locale: string): LocaleFormat {
  const numbers = isSupported(locale) ? locale : 'en-GB';
  const language = numbers.startsWith('en') ? numbers : 'en-GB';
  const date = (text: string, options: Intl.DateTimeFormatOptions) =>
    Temporal.PlainDate.from(text).toLocaleString(language, options);
  return {
    longDay: (day) => date(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    weekdayAndDay: (day) => date(day, { weekday: 'short', day: 'numeric', month: 'short' }),
    shortDay: (day) => date(day, { day: 'numeric', month: 'short' }),
    month: (month) => date(`${month}-01`, { month: 'long', year: 'numeric' }),
    tick: (value, step) => {
      const digits = value === 0 ? 1 : Math.ceil(Math.log10(Math.abs(value) / step)) + 2;
      const maximumSignificantDigits = Math.max(1, Math.min(6, digits));
      return value.toLocaleString(numbers, { notation: 'compact', maximumSignificantDigits });
    },
  };
}

/** The format of a report's locale and its currency, an ISO 4217 code or null. Throws RangeError for what is neither. */
export function reportFormat(locale: string, currency: string | null): ReportFormat {
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const amount =
    currency === null
      ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
      : ({ style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const);
  const money = new Intl.NumberFormat(locale, amount);
  const wholeMoney = new Intl.NumberFormat(locale, { ...amount, minimumFractionDigits: 0, maximumFractionDigits: 0 });
  const exact = (value: number, format: ValueFormat) => {
    if (format === 'money') return money.format(value);
    return `${plain.format(value)}${format === 'percent' ? `${nbsp}%` : ''}`;
  };
  return {
    ...localeFormat(locale),
    exact,
    rounded: (value, format) => {
      if (Math.abs(value) < 1000 || format === 'percent') return exact(value, format);
      return format === 'money' ? wholeMoney.format(value) : whole.format(value);
    },
  };
}

/** `Monday`. */
export function weekdayOf(day: string): string {
  return Temporal.PlainDate.from(day).toLocaleString('en', { weekday: 'long' });
}

/** `12 %`, `2.8 %`: a share of 1, without its sign. */
export function percentText(share: number): string {
  const percent = Math.abs(share) * 100;
  const digits = { maximumFractionDigits: percent < 9.95 ? 1 : 0 };
  return `${new Intl.NumberFormat('en', digits).format(percent)}${nbsp}%`;
}

function isSupported(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}

/** Dates and axis numbers as a reader of `locale` writes them. The site speaks English, so its dates do too. */
export type LocaleFormat = {
  /** `Sunday, 30 November 2025`. */
  readonly longDay: (day: string) => string;
  /** `Sat 29 Nov`. */
  readonly shortDay: (day: string) => string;
  /** `November 2025`, of `2025-11`. */
  readonly month: (month: string) => string;
  /** `1.2K`: short, and precise enough to tell neighbours that are `step` apart. */
  readonly tick: (value: number, step: number) => string;
};

export function localeFormat(locale: string): LocaleFormat {
  const language = isSupported(locale) && locale.startsWith('en') ? locale : 'en-GB';
  const numbers = isSupported(locale) ? locale : 'en-GB';
  const date = (text: string, options: Intl.DateTimeFormatOptions) =>
    Temporal.PlainDate.from(text).toLocaleString(language, options);
  return {
    longDay: (day) => date(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    shortDay: (day) => date(day, { weekday: 'short', day: 'numeric', month: 'short' }),
    month: (month) => date(`${month}-01`, { month: 'long', year: 'numeric' }),
    tick: (value, step) => {
      const digits = value === 0 ? 1 : Math.ceil(Math.log10(Math.abs(value) / step)) + 2;
      const maximumSignificantDigits = Math.max(1, Math.min(6, digits));
      return value.toLocaleString(numbers, { notation: 'compact', maximumSignificantDigits });
    },
  };
}

function isSupported(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}

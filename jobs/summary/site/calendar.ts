export type CalendarDay = { readonly day: string; readonly number: number; readonly hasSummary: boolean };

export type Month = {
  /** `2025-11`. */
  readonly month: string;
  /** Weeks from Monday to Sunday; null outside the month. */
  readonly weeks: readonly (readonly (CalendarDay | null)[])[];
  /** The nearest months that have summaries. */
  readonly previous: string | null;
  readonly next: string | null;
};

/** A month's grid. `days` are the local dates that have a summary, oldest first. */
export function monthOf(month: string, days: readonly string[]): Month {
  const first = Temporal.PlainDate.from(`${month}-01`);
  const withSummary = new Set(days);
  const cells: (CalendarDay | null)[] = Array.from({ length: first.dayOfWeek - 1 }, () => null);
  for (let number = 1; number <= first.daysInMonth; number += 1) {
    const day = first.with({ day: number }).toString();
    cells.push({ day, number, hasSummary: withSummary.has(day) });
  }
  while (cells.length % 7 !== 0) cells.push(null);
  const months = days.map(monthOfDay);
  return {
    month,
    weeks: Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7)),
    previous: months.findLast((other) => other < month) ?? null,
    next: months.find((other) => other > month) ?? null,
  };
}

export function monthOfDay(day: string): string {
  return day.slice(0, 7);
}

/** The nearest days before and after that have a summary. */
export function neighbours(day: string, days: readonly string[]): { previous: string | null; next: string | null } {
  return {
    previous: days.findLast((other) => other < day) ?? null,
    next: days.find((other) => other > day) ?? null,
  };
}

/** True for `2025-11-30`, false for `2025-02-30`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

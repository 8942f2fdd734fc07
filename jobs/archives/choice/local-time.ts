/**
 * The date and time that a person wrote, as the beginning of `2025-11-30 02:00:01`: `2025-11-30`, `2025-11-30T2:00`,
 * `2025-11-30_020001`. Null when it is neither.
 */
export function localTimePrefix(text: string): string | null {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T _]+(\d{1,2})(?:[:.]?(\d\d)(?:[:.]?(\d\d))?)?)?$/i.exec(text);
  if (match === null) return null;
  const [, date = '', hour, minute, second] = match;
  const time = [hour?.padStart(2, '0'), minute, second].filter((part) => part !== undefined).join(':');
  return isDate(date) ? `${date} ${time}`.trim() : null;
}

function isDate(text: string): boolean {
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/** Nanoseconds of a duration as Go writes it (`1m30s`, `500ms`). Throws on anything else. */
export function nanoseconds(text: string): number {
  const units = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
  if (!/^(?:[\d.]+(?:ns|us|ms|s|m|h))+$/.test(text)) throw new Error(`"${text}" is not a duration such as 1m30s.`);
  const parts = [...text.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0);
}

/** How Go prints it, which is how the real provider reads a health check back: 60 s is `1m0s`. */
export function goDuration(value: number): string {
  if (value === 0) return '0s';
  if (value < 1e9) return `${value / 1e6}ms`;
  const seconds = value / 1e9;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

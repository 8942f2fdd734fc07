import { mean, median } from './day-values.ts';

export type Anomaly = {
  readonly direction: 'low' | 'high';
  /** How many of the compared values it is below (`low`) or above (`high`). */
  readonly beyond: number;
  readonly of: number;
  readonly usual: number;
};

const minValues = 4;
/** Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): |z| over 3.5, with the two factors below. */
const maxScore = 3.5;
const perMedianDeviation = 0.6745;
const perMeanDeviation = 0.7979;

/**
 * Whether a value is unusual compared with the same weekdays, by the robust z score: distance from the median
 * over the median absolute deviation (over the mean one when half of them are equal). Null when usual, or fewer than four.
 */
export function anomalyOf(value: number, others: readonly number[]): Anomaly | null {
  const usual = median(others);
  if (usual === null || others.length < minValues || value === usual) return null;
  const deviations = others.map((other) => Math.abs(other - usual));
  const spread = (median(deviations) || 0) / perMedianDeviation || (mean(deviations) || 0) / perMeanDeviation;
  const distance = Math.abs(value - usual);
  // All were equal: only a change by half is reported.
  const isFar = spread > 0 ? distance / spread > maxScore : distance >= Math.abs(usual) / 2;
  if (!isFar) return null;
  const direction = value < usual ? 'low' : 'high';
  const beyond = others.filter((other) => (direction === 'low' ? value < other : value > other)).length;
  return { direction, beyond, of: others.length, usual };
}

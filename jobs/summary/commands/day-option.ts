import { InvalidArgumentError } from 'commander';
import type { Clock } from '../../runtime/clock.ts';
import { dayBefore } from '../due.ts';

/** `--day`: a date as `2025-11-30`. */
export const dayOption = ['--day <date>', 'the local day it is about (yesterday)', parseDay] as const;

function parseDay(text: string): string {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString();
  } catch {
    throw new InvalidArgumentError('Write a date such as 2025-11-30.');
  }
}

export function dayOrYesterday(day: string | undefined, clock: Clock, zone: string): string {
  return day ?? dayBefore(clock.now(), zone);
}

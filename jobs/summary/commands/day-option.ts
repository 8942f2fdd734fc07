import { InvalidArgumentError } from 'commander';
import { type Clock, localDay } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import { daysBetween } from '../blocks/day-values.ts';
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

/** The day to send. Throws ARGUMENT_INVALID for one that is not over: its summary would be final, and that of a part of it. */
export function dayToSend(given: string | undefined, clock: Clock, zone: string): string {
  const now = clock.now();
  const yesterday = dayBefore(now, zone);
  const day = given ?? yesterday;
  const today = localDay(now, zone);
  const ahead = daysBetween(today, day);
  if (ahead > 0) throw notBegun(day, today, zone, `Choose a day that is over: ${yesterday} or an earlier one.`);
  if (ahead < 0) return day;
  throw new Failure(
    'ARGUMENT_INVALID',
    `--day ${day} is not over: today is ${today} (${zone}), and a day's summary is sent once.`,
    `To look at it so far: nightshift summary preview --day ${day}`,
  );
}

/** The day to look at, which may be today. Throws ARGUMENT_INVALID for one that has not begun. */
export function dayToPreview(given: string | undefined, clock: Clock, zone: string): string {
  const now = clock.now();
  const day = given ?? dayBefore(now, zone);
  const today = localDay(now, zone);
  if (daysBetween(today, day) > 0) throw notBegun(day, today, zone, 'Choose today or an earlier day.');
  return day;
}

function notBegun(day: string, today: string, zone: string, hint: string): Failure {
  return new Failure('ARGUMENT_INVALID', `--day ${day} has not begun: today is ${today} (${zone}).`, hint);
}

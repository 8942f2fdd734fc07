import type { Random } from './random.ts';

/** An instant, and the hours that the business's clocks are ahead of UTC. */
export interface Moment {
  readonly at: number;
  readonly offset: number;
}

export interface MomentOptions {
  /** The day reported on; the last whole one. */
  readonly day: string;
  /** How many days there are, that one included. */
  readonly days?: number;
  readonly perDay?: readonly [number, number];
  /** Local hours between which things happen. */
  readonly open?: readonly [number, number];
  readonly offset?: number;
  /** Weekdays without any (0 is Sunday). */
  readonly closed?: readonly number[];
  /** How many happened in the small hours after the day, before the summary is made. */
  readonly after?: number;
}

const dayMs = 86_400_000;

/** When things happened, in order. */
export function moments(random: Random, options: MomentOptions): Moment[] {
  const { day, days = 75, perDay = [4, 10], open = [9, 21], offset = 8, closed = [], after = 0 } = options;
  const midnight = Date.parse(`${day}T00:00:00Z`) - offset * 3_600_000;
  const within = (start: number, from: number, to: number, count: number) =>
    Array.from({ length: count }, () => start + random.int(from * 3600, to * 3600 - 1) * 1000);
  const days0 = Array.from({ length: days }, (_, index) => midnight - (days - 1 - index) * dayMs);
  const working = days0.filter((start) => !closed.includes(new Date(start + offset * 3_600_000).getUTCDay()));
  const times = working.flatMap((start) => within(start, open[0], open[1], random.int(perDay[0], perDay[1])));
  const early = within(midnight + dayMs, 0, 6, after);
  return [...times, ...early].sort((a, b) => a - b).map((at) => ({ at, offset }));
}

/** So many minutes later. */
export const later = ({ at, offset }: Moment, minutes: number): Moment => ({ at: at + minutes * 60_000, offset });

const localIso = ({ at, offset }: Moment) => new Date(at + offset * 3_600_000).toISOString();
const utcIso = ({ at }: Moment) => new Date(at).toISOString();
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const part = (moment: Moment) => {
  const [year = '', month = '', day = ''] = localIso(moment).slice(0, 10).split('-');
  return { year, month, day };
};

/** `2026-11-26`, as clocks there show it; likewise all that do not say UTC. */
export const dayOf = (moment: Moment) => localIso(moment).slice(0, 10);
/** `14:05:09` */
export const timeOf = (moment: Moment) => localIso(moment).slice(11, 19);
/** `2026-11-26 14:05:09` */
export const localText = (moment: Moment) => `${dayOf(moment)} ${timeOf(moment)}`;
/** `2026-11-26 06:05:09` */
export const utcText = (moment: Moment) => utcIso(moment).slice(0, 19).replace('T', ' ');
/** `2026-11-26 06:05:09.123456`, as Django and Rails write it. */
export const utcMicros = (moment: Moment) =>
  `${utcText(moment)}.${String((moment.at / 1000) % 1_000_000).padStart(6, '0')}`;
/** `2026-11-26T06:05:09Z` */
export const utcZ = (moment: Moment) => `${utcIso(moment).slice(0, 19)}Z`;
/** `2026-11-26T14:05:09+08:00` */
export const withOffset = (moment: Moment) =>
  `${localIso(moment).slice(0, 19)}+${String(moment.offset).padStart(2, '0')}:00`;
/** `26/11/2026` */
export const dayFirst = (moment: Moment, separator = '/') => {
  const { year, month, day } = part(moment);
  return [day, month, year].join(separator);
};
/** `11/26/26` */
export const monthFirst = (moment: Moment) => {
  const { year, month, day } = part(moment);
  return `${month}/${day}/${year.slice(2)}`;
};
/** `26 Nov 2026` */
export const namedMonth = (moment: Moment) => {
  const { year, month, day } = part(moment);
  return `${day} ${months[Number(month) - 1]} ${year}`;
};
/** `26/11/2569` */
export const buddhist = (moment: Moment) => {
  const { year, month, day } = part(moment);
  return `${day}/${month}/${Number(year) + 543}`;
};
export const epochSeconds = ({ at }: Moment) => Math.floor(at / 1000);

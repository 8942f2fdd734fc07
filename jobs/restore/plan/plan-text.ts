import { localTimestamp } from '../../runtime/clock.ts';
import { agePhrase, formatBytes, formatCount, indented } from '../../runtime/format.ts';
import { tableText } from '../../runtime/table.ts';
import { safetyCopiesText } from '../choice/safety-copies.ts';
import { ownerChangeText } from './owner-change.ts';
import { downtimeMessage, healthMessage, type RestorePlan } from './plan.ts';
import { writtenSinceText } from './written-since.ts';

type LocalTime = { readonly now: Temporal.Instant; readonly zone: string };

/** Makes a text bold in a terminal, and leaves it as it is elsewhere. */
export type Bold = (text: string) => string;

/** The plan as a person reads it before saying yes. */
export function planText(plan: RestorePlan, here: LocalTime, bold: Bold): string {
  const { source, database, safetyCopy, oldFiles } = plan;
  const health = healthMessage(plan);
  const facts = [
    ['from', source.from],
    ['taken', source.takenAt === null ? 'not known' : whenText(source.takenAt, here)],
    ['verified', source.verifiedBy ?? 'not yet: before anything stops'],
    ['into', database],
    ['owner', ownerChangeText(plan.ownership)],
    ...oldFileFacts(oldFiles, safetyCopy),
    ['downtime', downtimeMessage(plan)],
    ...(health === null ? [] : [['then', health]]),
  ];
  return [
    `\nRestore ${source.label}\n`,
    facts.map(([name = '', text]) => `  ${name.padEnd(10)}  ${text}\n`).join(''),
    servicesText(plan),
    indented(comparisonText(plan, here)),
    undoText(plan, here, bold),
    plan.warnings.map((warning) => `  ${bold(`WARNING: ${warning}`)}\n`).join(''),
    plan.remarks.map((remark) => `  NOTE: ${remark}\n`).join(''),
    '\n',
  ].join('');
}

function oldFileFacts(oldFiles: readonly string[], safetyCopy: string): string[][] {
  const besides = oldFiles.filter((part) => part !== '');
  if (oldFiles.includes('')) {
    const withIts = besides.length === 0 ? [] : [['', `with its ${besides.join(' and ')}`]];
    return [['old file', `kept as ${safetyCopy}`], ...withIts];
  }
  if (besides.length === 0) return [['old file', 'there is none']];
  return [['old file', `there is none; only its ${besides.join(' and ')}, kept under the name ${safetyCopy}`]];
}

function servicesText({ services: { stop, joined, leftAlone } }: RestorePlan): string {
  const stopped = stop.map(({ service, reason, remark }, index) => {
    const now = remark === null ? '' : `; ${remark}`;
    return `  ${index + 1}. ${service.name} (${reason}${now})\n`;
  });
  return [
    stopped.length > 0
      ? `\n  Services stopped side by side and started again, in this order:\n${stopped.join('')}`
      : '',
    joined.length > 0
      ? `\n  Restarted once these run again, so that they are not cut off:\n${joined.map(({ name, shares }) => `  - ${name} (${shares})\n`).join('')}`
      : '',
    leftAlone.length > 0 ? `\n  Left alone:\n${leftAlone.map((message) => `  - ${message}\n`).join('')}` : '',
  ].join('');
}

function comparisonText({ now, backup, comparison }: RestorePlan, here: LocalTime): string {
  const time = (instant: Temporal.Instant | null) => (instant === null ? '?' : localTimestamp(instant, here.zone));
  const size = (bytes: number | null) => (bytes === null ? '?' : formatBytes(bytes));
  const count = (known: boolean, rows: number | null) => (rows !== null ? formatCount(rows) : known ? '-' : '?');
  const rows = comparison.rows.map((row) => {
    const [before, after] = [count(now?.fingerprint !== null, row.now), count(backup.fingerprint !== null, row.backup)];
    return [`rows of ${row.table}`, before, after, change(row.now, row.backup)];
  });
  return `\n${tableText(
    ['', 'NOW', 'AFTER', ''],
    [
      ['size', size(now === null ? 0 : now.bytes), size(backup.bytes), ''],
      ['last change', now === null ? '-' : time(now.changedAt), time(backup.changedAt), ''],
      ...rows,
    ],
  )}`;
}

/** Which safety copy comes back, which others there are, and what was written since. */
function undoText({ undo, now }: RestorePlan, here: LocalTime, bold: Bold): string {
  if (undo === null) return '';
  const { taken, copies, written } = undo;
  const local = here.now.toZonedDateTimeISO(here.zone).toPlainDateTime();
  const others = copies.filter(({ path }) => path !== taken);
  const list = `\n  Other safety copies, which --undo NAME brings back:\n${indented(safetyCopiesText(others, local))}\n`;
  const { isLoss, text } = writtenSinceText(written, now?.fingerprint ?? null, here);
  const line = isLoss ? bold(`WARNING: ${text}`) : `NOTE: ${text}`;
  return `${others.length === 0 ? '' : list}${now === null ? '' : `  ${line}\n`}`;
}

function change(now: number | null, backup: number | null): string {
  if (now === null || backup === null || now === backup) return '';
  return backup > now ? `+${formatCount(backup - now)}` : `-${formatCount(now - backup)}`;
}

/** `2025-11-30 02:00:00 (Asia/Kuala_Lumpur), 5 h 10 min ago`, or `…, dated 8 h 00 min ahead`. */
export function whenText(instant: Temporal.Instant, { now, zone }: LocalTime): string {
  return `${localTimestamp(instant, zone)} (${zone}), ${agePhrase(instant, now)}`;
}

import { existsSync } from 'node:fs';
import { Failure } from '../../runtime/errors.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../../runtime/format.ts';
import { quoteWords } from '../../runtime/shell-quoting.ts';
import { movedPath } from '../files/moved-copy.ts';
import { rejectedPath, safetyCopyPath } from '../files/names.ts';
import { whenText } from '../plan/plan-text.ts';
import { logsCommand } from '../services/stopped-service.ts';
import { freeBeside, undoBytes } from '../staging/undo-room.ts';
import type { RestoreJournal } from '../swap/journal.ts';
import { oldDatabaseText, restartedText } from '../swap/rollback-text.ts';
import { isRollback } from '../swap/steps.ts';

/** What a finished restore did, for a person. */
export function reportText(
  ended: RestoreJournal,
  here: { readonly now: Temporal.Instant; readonly zone: string },
): string {
  const { source, sourceTakenAt, database, stamp, tables } = ended;
  const taken = sourceTakenAt === null ? '' : `, taken ${whenText(Temporal.Instant.from(sourceTakenAt), here)}`;
  const safety = safetyCopyPath(database, stamp);
  const hasSafety = existsSync(safety);
  const facts = [
    ['into', database],
    ...rowFacts(tables),
    ['downtime', downtimeText(ended)],
    ...(ended.unseen === null ? [] : [['not known', `whether anything uses the database: ${ended.unseen}`]]),
    ['safety copy', hasSafety ? safety : 'none: there was no database before'],
    ...(hasSafety ? [['undo', undoText(safety)]] : []),
  ];
  return `\nRestored ${source}${taken}\n${factsText(facts)}`;
}

/** Facts for a person, one a line, their names in a column. */
export function factsText(facts: readonly (readonly string[])[]): string {
  return facts.map(([name = '', text]) => `  ${name.padEnd(11)}  ${text}\n`).join('');
}

/** How many rows each table has, as facts; none when that is not known. */
export function rowFacts(tables: Readonly<Record<string, number>> | null): string[][] {
  const rows = Object.entries(tables ?? {}).map(([table, count]) => `${table} ${formatCount(count)}`);
  return rows.map((row, index) => [index === 0 ? 'rows' : '', row]);
}

/** How to undo it, and whether the disk has room for that now. */
function undoText(safetyCopy: string): string {
  const [needed, free] = [undoBytes(safetyCopy), freeBeside(safetyCopy)];
  const command = 'nightshift restore --undo';
  return free >= needed
    ? command
    : `${command}, once ${formatBytes(needed)} of the disk are free (currently ${formatBytes(free)})`;
}

/** From the first service asked to stop to the last one started. */
function downtimeText({ services, notStarted, downAt, upAt }: RestoreJournal): string {
  if (services.length === 0) return 'none: no service was stopped';
  if (downAt === null || upAt === null) return 'not known';
  const seconds = Temporal.Instant.from(upAt).since(Temporal.Instant.from(downAt)).total('seconds');
  const stopped = `${formatDuration(seconds)}, ${plural(services.length, 'service')} stopped`;
  if (notStarted.length === 0) return `${stopped} and started again`;
  return `${stopped}, ${services.length - notStarted.length} started again (not ${notStarted.join(', ')})`;
}

/** The error that a restore ended with although all is in order again; null when it ended as it was meant to. */
export function resultFailure(ended: RestoreJournal): Failure | null {
  const { step, problem, restarted, cutOff } = ended;
  const isAsBefore = problem === null && cutOff.length === 0 && !(isRollback(step) && hasLost(restarted));
  if (isAsBefore) return null;
  if (!isRollback(step)) {
    return new Failure(
      'RESTORE_UNHEALTHY',
      `The restored database is in place, but not everything is healthy: ${[problem, cutOffText(ended)].filter(Boolean).join(' ')}`,
      `Look at ${logsText(ended)}. \`nightshift restore --undo\` brings the old database back.`,
    );
  }
  return new Failure('RESTORE_ROLLED_BACK', rolledBackText(ended), hintOf(ended));
}

/** Why a restore was rolled back, and what it leaves. */
export function rolledBackText(ended: RestoreJournal): string {
  const { problem, database, stamp, unhealthy, unhealthyBefore, moved, servedRestored } = ended;
  const rejected = rejectedPath(database, stamp);
  const written = existsSync(rejected)
    ? rejected
    : moved !== null && servedRestored
      ? movedPath(database, moved)
      : null;
  const kept = written === null ? '' : ` What services wrote meanwhile is kept in ${written}.`;
  const asBefore = unhealthy.filter((name) => unhealthyBefore.includes(name));
  const before =
    asBefore.length === 0
      ? ''
      : ` ${asBefore.join(' and ')} ${asBefore.length === 1 ? 'was' : 'were'} unhealthy before too.`;
  return `The restore was rolled back: ${problem ?? 'it had been interrupted.'}${before} ${afterRollbackText(ended)}${kept}`;
}

/** Whether all is as it was before the restore, save services that a person has asked to leave off. */
export function isLeftOffAsRequested({ step, restarted }: RestoreJournal): boolean {
  const states = (restarted ?? []).map(({ state }) => state);
  return isRollback(step) && states.includes('left off') && !states.includes('removed');
}

function hintOf(ended: RestoreJournal): string {
  if (ended.unhealthy.length === 0) return 'Fix the cause and run restore again, or choose another backup.';
  return `Look at ${logsText(ended)}, fix it and run restore again, or choose another backup. If it is not the backup's fault, --no-health-rollback keeps the restored database anyway.`;
}

/** The commands that show what services that are unhealthy have printed. */
function logsText({ unhealthy, services }: RestoreJournal): string {
  const logs = services.filter(({ name }) => unhealthy.includes(name)).map((service) => `\`${logsCommand(service)}\``);
  return logs.length === 0 ? '`docker logs`' : logs.join(' and ');
}

/** What a command ends with that found a restore unfinished and dealt with that one instead. `commandLine`: what was typed. */
export function notDoneFailure({ database, step }: RestoreJournal, commandLine: readonly string[]): Failure {
  const how = isRollback(step) ? 'rolled back' : 'finished';
  return new Failure(
    'RESTORE_RESUMED',
    `The unfinished restore of ${database} was ${how}. ${notDoneText(commandLine)}`,
    'Look at what is in place now, and run it again if you still want it.',
  );
}

/** Says of what was typed after `nightshift` that it was not done. */
export function notDoneText(commandLine: readonly string[]): string {
  return `NOT done: \`nightshift ${quoteWords(commandLine)}\`.`;
}

/** What a rolled back restore leaves: the old database, and how services do on it. */
export function afterRollbackText({ database, restarted, cutOff }: RestoreJournal): string {
  const texts = [oldDatabaseText(database), restartedText(restarted ?? []), cutOffText({ cutOff })];
  return texts.filter((text) => text !== '').join(' ');
}

/** The containers that are cut off from a service beside them, a sentence each; empty when none is. */
function cutOffText({ cutOff }: Pick<RestoreJournal, 'cutOff'>): string {
  return cutOff.map((sentence) => `${sentence.replace(/\.$/, '')}.`).join(' ');
}

/** A service that ran before does not run now. */
const hasLost = (restarted: RestoreJournal['restarted']) =>
  (restarted ?? []).some(({ state }) => state === 'removed' || state === 'left off');

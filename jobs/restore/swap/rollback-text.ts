import { existsSync } from 'node:fs';
import { Failure } from '../../runtime/errors.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import type { RestartedService } from '../services/restart-services.ts';
import { endingCommand } from '../services/stopped-service.ts';
import type { RestoreJournal } from './journal.ts';

/** Whether the old database is in its place, as it is now. Only for a restore that has gone back. */
export function oldDatabaseText(database: string): string {
  return existsSync(database)
    ? `The old database ${database} is in place again.`
    : `There is no database ${database}, as before the restore.`;
}

/** How services do on the old database, a sentence for each state; empty when none was started. */
export function restartedText(restarted: readonly RestartedService[]): string {
  const named = (state: RestartedService['state'], say: (names: string) => string) => {
    const names = restarted.filter((service) => service.state === state).map(({ name }) => name);
    return names.length === 0 ? [] : [say(names.join(', '))];
  };
  return [
    ...named('running', (names) => `Started, and still running a moment later: ${names} (health checks not awaited).`),
    ...named('done', (names) => `Started, and ended with code 0, as a job does: ${names}.`),
    ...named('as before', (names) => `Started, and ended again, as before the restore: ${names}.`),
    ...named('removed', (names) => `Removed meanwhile, so nothing was started: ${names}.`),
    ...named('left off', (names) => `Left off, as requested (--leave-off): ${names}.`),
    ...restarted.filter(({ state }) => state === 'down').map(({ reason }) => `${reason.replace(/\.$/, '')}.`),
  ].join(' ');
}

/** The RESTORE_UNFINISHED of a restore that has gone back, and whose services do not all run on the old database. */
export function servicesDownFailure(
  { database, problem, services }: RestoreJournal,
  restarted: readonly RestartedService[],
): Failure {
  const down = restarted.filter(({ state }) => state === 'down').map(({ name }) => name);
  const why = problem === null ? '' : ` It was rolled back because: ${problem}`;
  return new Failure(
    'RESTORE_UNFINISHED',
    `The restore was rolled back, but not every service runs. ${oldDatabaseText(database)} ${restartedText(restarted)}${why}`,
    [
      `Fix what keeps ${down.join(', ')} from running${logsText(restarted, services)}, then run \`nightshift restore\`: it starts them and finishes.`,
      `If that is not possible: \`nightshift restore --leave-off ${down.join(',')}\` finishes without them. All have their own restart policies back.`,
      `Until then no backup runs: ${restoreJournalPath(database)} is there.`,
    ].join('\n'),
  );
}

/** Where to read more. One that did not start has nothing new in its log: its reason is all there is. */
function logsText(restarted: readonly RestartedService[], services: RestoreJournal['services']): string {
  const [first] = restarted.filter(({ state, reason }) => state === 'down' && !/ does not start: /.test(reason));
  const service = services.find(({ name }) => name === first?.name);
  return service === undefined ? '' : ` (\`${endingCommand(service)}\`)`;
}

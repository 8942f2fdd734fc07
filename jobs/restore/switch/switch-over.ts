import { existsSync } from 'node:fs';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { formatDuration } from '../../runtime/format.ts';
import type { Log } from '../../runtime/log.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { awaitHealth } from '../services/await-health.ts';
import type { Engine } from '../services/engine.ts';
import { releaseServices, type ServiceFailure, startServices, stopServices } from '../services/outage.ts';
import { reviveServices } from '../services/revive.ts';
import type { Checkpoint } from './checkpoint.ts';
import { diskFailure, removeFile, removeIfPossible } from './durable.ts';
import { oldDatabaseText, servicesDown } from './ending.ts';
import { type Journal, removeJournal, writeJournal } from './journal.ts';
import { rejectedPath, stagedPath } from './names.ts';
import { type Step, stepAfter, steps, stepUnjournalled, withServicesDown } from './steps.ts';
import { checkInPlace, identify, lookAtDisk, removeParts, swapBack, swapIn } from './swap.ts';

export type SwitchOverParts = {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly checkpoint: Checkpoint;
  /** Throws DATABASE_IN_USE when somebody still has the database open after the services stopped. */
  readonly refuseHolders: () => Promise<void>;
  /** Names of services that a person wants off when it goes back: they cannot run on the old database either. */
  readonly leaveOff: readonly string[];
};

/**
 * Takes a restore from its journalled step to its end, forward or back, and returns the journal as it was at the end. It
 * cannot be interrupted: services are down. Throws RESTORE_UNFINISHED, with the journal left in place, when it can go
 * neither way; and what kept it from beginning, with nothing stopped and no journal.
 */
export async function switchOver(begun: Journal, resumed: boolean, parts: SwitchOverParts): Promise<Journal> {
  let areDown = false;
  let journal = { ...begun, step: withServicesDown(begun.step, areDown) };
  for (;;) {
    const unjournalled = await tryJournal({ ...journal, ...onEntering(journal.step, parts.clock) }, parts);
    if (unjournalled !== null) {
      const instead = withServicesDown(stepUnjournalled(journal.step), areDown);
      if (instead !== journal.step) {
        parts.log.failure(unjournalled);
        journal = { ...journal, step: instead, problem: joined(journal.problem, unjournalled.message) };
        continue;
      }
      parts.log.warn(
        `${unjournalled.message} It goes on; cut short, the next \`nightshift restore\` goes by the files that are in place.`,
      );
    }
    const { step } = journal;
    journal = { ...journal, ...onEntering(step, parts.clock) };
    const { leaves } = steps[step];
    if (leaves === 'up') areDown = false;
    const { changes = {}, problem = null } = await attempt(journal, resumed, parts);
    if (leaves === 'down' && problem === null) areDown = true;
    const next = stepAfter(step, problem !== null, journal.healthRollback);
    if (problem !== null && (next === 'stuck' || problem.code === 'DOCKER_UNREACHABLE')) throw stuck(journal, problem);
    journal = { ...journal, ...changes, problem: joined(journal.problem, problem?.message) };
    if (problem !== null) parts.log.failure(problem);
    if (next === null || next === 'stuck') break;
    journal = { ...journal, step: withServicesDown(next, areDown) };
  }
  await removeJournal(journal.database, parts.checkpoint).catch((error) => {
    const failure = inWords(journal, error);
    if (existsSync(restoreJournalPath(journal.database))) throw stuck(journal, failure);
    parts.log.warn(`${failure.message} The journal is removed all the same.`);
  });
  return journal;
}

function joined(...problems: readonly (string | null | undefined)[]): string | null {
  const told = problems.filter((problem) => typeof problem === 'string');
  return told.length > 0 ? told.join(' ') : null;
}

/**
 * Null once it is written, else why not. Then the staged file goes, unless it is in place already: its room is needed for
 * the way back. Throws when there is no journal at all: nothing has been stopped.
 */
async function tryJournal(journal: Journal, { checkpoint }: SwitchOverParts): Promise<Failure | null> {
  try {
    await writeJournal(journal, checkpoint);
    return null;
  } catch (error) {
    const failure = inWords(journal, error);
    if (journal.step === 'stopping' && !existsSync(restoreJournalPath(journal.database))) throw failure;
    removeIfPossible(stagedPath(journal.database));
    return failure;
  }
}

const inWords = ({ database }: Journal, error: unknown) => diskFailure(database, error) ?? asFailure(error);

function onEntering(step: Step, clock: Clock): Partial<Journal> {
  if (step === 'stopping') return { downAt: String(clock.now()) };
  return step === 'starting' ? { servedRestored: true } : {};
}

type Result = { readonly changes?: Partial<Journal>; readonly problem?: Failure };

async function attempt(journal: Journal, resumed: boolean, parts: SwitchOverParts): Promise<Result> {
  try {
    return await perform[journal.step](journal, parts, resumed);
  } catch (error) {
    return { problem: inWords(journal, error) };
  }
}

type Perform = (journal: Journal, parts: SwitchOverParts, resumed: boolean) => Promise<Result>;

const perform: Readonly<Record<Step, Perform>> = {
  async stopping({ services }, parts) {
    const downAt = await stopServices(services, parts);
    await parts.refuseHolders();
    return { changes: { downAt: String(downAt) } };
  },

  async swapping(journal, { checkpoint, log, clock }) {
    const began = clock.now();
    await swapIn(journal, checkpoint);
    log.line(`Put the restored file in place (${formatDuration(clock.now().since(began).total('seconds'))})`);
    return {};
  },

  async checking({ database, staged, servedRestored }, _parts, resumed) {
    const problem = checkInPlace(database, staged, servedRestored || resumed);
    if (problem !== null) throw new Failure('BACKUP_WRONG', `After the swap ${problem}.`, 'Nothing: it goes back.');
    return {};
  },

  async starting({ services }, parts) {
    const { upAt, failures } = await startServices(services, parts);
    const names = namesOf(failures);
    const changes = { upAt: String(upAt), notStarted: names, unwell: names };
    return failures.length > 0 ? { changes, problem: unwell(failures) } : { changes };
  },

  async watching({ services, healthTimeoutSeconds, healthRollback }, parts) {
    const options = { askedSeconds: healthTimeoutSeconds, untilFirstFailure: healthRollback };
    const failures = await awaitHealth(services, options, parts);
    if (failures.length === 0) return {};
    return { changes: { unwell: namesOf(failures) }, problem: unwell(failures) };
  },

  async finishing({ services }, parts) {
    await releaseServices(services, parts);
    return {};
  },

  async halting({ services }, parts) {
    await stopServices(services, parts);
    return {};
  },

  async returning(journal, { checkpoint, log }) {
    await swapBack(journal, checkpoint);
    log.line(oldDatabaseText(journal.database));
    return {};
  },

  async reviving(journal, parts) {
    // First: services find room on the disk. Where nothing can be removed, they start all the same; `clearing` tells.
    try {
      clearRestored(journal);
    } catch (error) {
      parts.log.warn(inWords(journal, error).message);
    }
    const { crashingBefore, services } = journal;
    const { upAt, revived } = await reviveServices(services, { crashingBefore, leaveOff: parts.leaveOff }, parts);
    const changes = { upAt: String(upAt), revived: [...revived] };
    const isDown = revived.some(({ state }) => state === 'down');
    return isDown ? { changes, problem: servicesDown(journal, revived) } : { changes };
  },

  async clearing(journal) {
    clearRestored(journal);
    return {};
  },
};

/** Removes what the way back leaves of the restored database, unless services have written into it. */
function clearRestored(journal: Journal): void {
  removeFile(stagedPath(journal.database));
  if (isPristine(journal)) removeParts(rejectedPath(journal.database, journal.stamp));
}

/** No service has run on the rejected file, and it is the staged one: it holds nothing that the bucket does not. */
function isPristine(journal: Journal): boolean {
  if (!lookAtDisk(journal).rejected || journal.servedRestored) return false;
  return identify(rejectedPath(journal.database, journal.stamp)).inode === journal.staged.inode;
}

const namesOf = (failures: readonly ServiceFailure[]) => failures.map(({ service }) => service.name);

function unwell(failures: readonly ServiceFailure[]): Failure {
  return new Failure(
    'RESTORE_UNHEALTHY',
    `${failures.map(({ message }) => message).join('; ')}.`,
    'Look at `docker logs` of the service; the restore goes back unless --no-health-rollback was given.',
  );
}

function stuck({ database, step, services }: Journal, problem: Failure): Failure {
  if (problem.code === 'RESTORE_UNFINISHED') return problem;
  const names = services.map(({ name }) => name).join(', ');
  const areUp = names === '' || ['watching', 'finishing', 'clearing'].includes(step);
  const down = areUp ? '' : `, and these services ${step === 'returning' ? 'stay' : 'may be'} stopped: ${names}`;
  return new Failure(
    'RESTORE_UNFINISHED',
    `The restore of ${database} stopped while ${steps[step].says}: ${problem.message}`,
    `${problem.hint}\nThen run \`nightshift restore\`: it knows where it was and finishes or goes back. Until then no backup runs${down}.`,
    problem,
  );
}

import { existsSync } from 'node:fs';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { durationSince } from '../../runtime/format.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { fileIdentity, removeDatabaseFiles } from '../files/database-files.ts';
import { diskFailure, removeFile, removeIfPossible } from '../files/durable-writes.ts';
import { fileState } from '../files/file-state.ts';
import { movedPath } from '../files/moved-copy.ts';
import { rejectedPath, restoreRecordPath, safetyCopyPath, stagedPath } from '../files/names.ts';
import { awaitHealth } from '../services/await-health.ts';
import { reconnectJoined } from '../services/reconnect-joined.ts';
import { restartServices } from '../services/restart-services.ts';
import {
  type LifecycleDeps,
  restoreAutostart,
  type ServiceFailure,
  startServices,
  stopServices,
} from '../services/service-lifecycle.ts';
import { keepAsRecord, type RestoreJournal, removeJournal, writeJournal } from './journal.ts';
import { removeSidecars } from './move-database.ts';
import { oldDatabaseText, servicesDownFailure } from './rollback-text.ts';
import { type RestoreStep, stepAfter, steps, stepWithoutJournal, withServicesDown } from './steps.ts';
import { checkInPlace, inspectDisk, removeRemnants, swapBack, swapIn } from './swap-files.ts';

export type RunStepsDeps = LifecycleDeps & {
  /** Throws DATABASE_IN_USE when somebody still has the database open after the services stopped. */
  readonly assertNotInUse: () => Promise<void>;
  /** Names of services to leave off when it rolls back: they cannot run on the old database either. */
  readonly leaveOff: readonly string[];
};

/**
 * Takes a restore from its journalled step to its end, forward or back, and returns the journal as it was at the end. It
 * cannot be interrupted: services are down. Throws RESTORE_UNFINISHED, with the journal left in place, when it can go
 * neither way; and what kept it from beginning, with nothing stopped and no journal.
 */
export async function runSteps(begun: RestoreJournal, resumed: boolean, deps: RunStepsDeps): Promise<RestoreJournal> {
  let areDown = false;
  let isResumedStep = resumed;
  let journal = { ...begun, step: withServicesDown(begun.step, areDown) };
  for (;;) {
    const unjournalled = await tryJournal({ ...journal, ...changesOnEntry(journal.step, deps.clock) }, deps);
    if (unjournalled !== null) {
      const instead = withServicesDown(stepWithoutJournal(journal.step), areDown);
      if (instead !== journal.step) {
        deps.log.failure(unjournalled);
        journal = { ...journal, step: instead, problem: joinedText(journal.problem, unjournalled.message) };
        continue;
      }
      deps.log.warn(
        `${unjournalled.message} It continues; if it is interrupted, the next \`nightshift restore\` goes by the files that are in place.`,
      );
    }
    const { step } = journal;
    journal = { ...journal, ...changesOnEntry(step, deps.clock) };
    const { leaves } = steps[step];
    if (leaves === 'up') areDown = false;
    const { changes = {}, problem = null } = await runStep(journal, isResumedStep, deps);
    isResumedStep = false;
    if (leaves === 'down' && problem === null) areDown = true;
    const next = stepAfter(step, problem !== null, journal.healthRollback);
    if (problem !== null && (next === 'stuck' || problem.code === 'DOCKER_UNREACHABLE'))
      throw unfinishedFailure(journal, problem);
    journal = { ...journal, ...changes, problem: joinedText(changes.problem ?? journal.problem, problem?.message) };
    if (problem !== null) deps.log.failure(problem);
    if (next === null || next === 'stuck') break;
    journal = { ...journal, step: withServicesDown(next, areDown) };
  }
  await endJournal(journal, deps).catch((error) => {
    const failure = describedFailure(journal, error);
    if (existsSync(restoreJournalPath(journal.database))) throw unfinishedFailure(journal, failure);
    deps.log.warn(`${failure.message} The journal is removed anyway.`);
  });
  return journal;
}

async function endJournal(journal: RestoreJournal, { checkpoint }: RunStepsDeps): Promise<void> {
  const { database, step, stamp, moved } = journal;
  const isRestored = step === 'finishing';
  // The copy that took the place is no copy any more.
  if (isRestored && moved !== null) {
    const copy = movedPath(database, moved);
    removeFile(restoreRecordPath(copy));
    if (!existsSync(copy)) await removeSidecars(copy, checkpoint);
  }
  if (isRestored && existsSync(safetyCopyPath(database, stamp))) await keepAsRecord(journal, checkpoint);
  else await removeJournal(database, checkpoint);
}

function joinedText(...problems: readonly (string | null | undefined)[]): string | null {
  const given = problems.filter((problem) => typeof problem === 'string');
  return given.length > 0 ? given.join(' ') : null;
}

/**
 * Null once it is written, else why not. Then the staged file goes, unless it is in place already: its room is needed for
 * the rollback. Throws when there is no journal at all: nothing has been stopped.
 */
async function tryJournal(journal: RestoreJournal, { checkpoint }: RunStepsDeps): Promise<Failure | null> {
  try {
    await writeJournal(journal, checkpoint);
    return null;
  } catch (error) {
    const failure = describedFailure(journal, error);
    if (journal.step === 'stopping' && !existsSync(restoreJournalPath(journal.database))) throw failure;
    removeIfPossible(stagedPath(journal.database));
    return failure;
  }
}

const describedFailure = ({ database }: RestoreJournal, error: unknown) =>
  diskFailure(database, error) ?? asFailure(error);

function changesOnEntry(step: RestoreStep, clock: Clock): Partial<RestoreJournal> {
  if (step === 'stopping') return { downAt: String(clock.now()) };
  return step === 'starting' ? { servedRestored: true } : {};
}

type StepResult = { readonly changes?: Partial<RestoreJournal>; readonly problem?: Failure };

async function runStep(journal: RestoreJournal, resumed: boolean, deps: RunStepsDeps): Promise<StepResult> {
  try {
    return await stepActions[journal.step](journal, deps, resumed);
  } catch (error) {
    return { problem: describedFailure(journal, error) };
  }
}

type StepAction = (journal: RestoreJournal, deps: RunStepsDeps, resumed: boolean) => Promise<StepResult>;

const stepActions: Readonly<Record<RestoreStep, StepAction>> = {
  async stopping({ services, database }, deps) {
    const downAt = await stopServices(services, deps);
    await deps.assertNotInUse();
    return { changes: { downAt: String(downAt), oldState: fileState(database) } };
  },

  async swapping(journal, { checkpoint, log, clock }) {
    const began = clock.now();
    await swapIn(journal, checkpoint);
    log.line(`Put the restored file in place (${durationSince(began, clock.now())})`);
    return {};
  },

  async checking({ database, staged, servedRestored }, _deps, resumed) {
    const problem = checkInPlace(database, staged, servedRestored || resumed);
    if (problem !== null)
      throw new Failure('BACKUP_WRONG', `After the swap ${problem}.`, 'Nothing: it is rolled back.');
    return {};
  },

  async starting({ services, joined, healthRollback }, deps) {
    const { upAt, failures } = await startServices(services, deps);
    const names = namesOf(failures);
    const goesOn = failures.length === 0 || !healthRollback;
    const cutOff = goesOn ? await reconnectJoined(joined, deps) : [];
    const changes: Partial<RestoreJournal> = { upAt: String(upAt), notStarted: names, unhealthy: names, cutOff };
    return failures.length > 0 ? { changes, problem: unhealthy(failures) } : { changes };
  },

  async watching({ services, healthTimeoutSeconds, healthRollback }, deps, resumed) {
    // A reboot meanwhile has ended the services, and some of them without an error.
    const { failures: down } = await startServices(resumed ? services : [], deps);
    if (down.length > 0)
      return { changes: { notStarted: namesOf(down), unhealthy: namesOf(down) }, problem: unhealthy(down) };
    const options = { askedSeconds: healthTimeoutSeconds, untilFirstFailure: healthRollback };
    const failures = await awaitHealth(services, options, deps);
    if (failures.length === 0) return {};
    return { changes: { unhealthy: namesOf(failures) }, problem: unhealthy(failures) };
  },

  async finishing({ services, joined, problem }, deps, resumed) {
    // A reboot meanwhile has ended them, and started none: what did so by itself before, it does not yet.
    const held = resumed ? services.filter(deps.services.startsByItself) : [];
    const { failures } = await startServices(held, deps);
    await restoreAutostart(services, deps);
    // One that crashed on its way up has been started again since.
    const cutOff = await reconnectJoined(joined, deps);
    if (failures.length === 0) return { changes: { cutOff } };
    const names = namesOf(failures);
    return { changes: { cutOff, unhealthy: names, problem: joinedText(problem, unhealthy(failures).message) } };
  },

  async stoppingForRollback({ services }, deps) {
    await stopServices(services, deps);
    return {};
  },

  async restoringOriginal(journal, { checkpoint, log }) {
    const unknown = await swapBack(journal, checkpoint);
    if (unknown !== null)
      log.warn(`${journal.database} was there, and restore did not put it there. It is kept: ${unknown}`);
    log.line(oldDatabaseText(journal.database));
    return {};
  },

  async restartingServices(journal, deps) {
    // First: services find room on the disk. Where nothing can be removed, they start anyway; `cleaningUp` reports it.
    try {
      await clearRestored(journal, deps);
    } catch (error) {
      deps.log.warn(describedFailure(journal, error).message);
    }
    const { crashingBefore, services, joined } = journal;
    const { upAt, restarted } = await restartServices(services, { crashingBefore, leaveOff: deps.leaveOff }, deps);
    const cutOff = await reconnectJoined(joined, deps);
    const changes = { upAt: String(upAt), restarted: [...restarted], cutOff };
    const isDown = restarted.some(({ state }) => state === 'down');
    return isDown ? { changes, problem: servicesDownFailure(journal, restarted) } : { changes };
  },

  async cleaningUp(journal, deps) {
    await clearRestored(journal, deps);
    return {};
  },
};

/** Removes what a rollback leaves of the restored database, unless services have written into it. */
async function clearRestored(journal: RestoreJournal, { checkpoint }: RunStepsDeps): Promise<void> {
  await removeRemnants(journal, checkpoint);
  removeFile(stagedPath(journal.database));
  if (isPristine(journal)) removeDatabaseFiles(rejectedPath(journal.database, journal.stamp));
}

/** No service has run on the rejected file, and it is the staged one: it holds nothing that the bucket does not. */
function isPristine(journal: RestoreJournal): boolean {
  if (!inspectDisk(journal).rejected || journal.servedRestored) return false;
  return fileIdentity(rejectedPath(journal.database, journal.stamp)).inode === journal.staged.inode;
}

const namesOf = (failures: readonly ServiceFailure[]) => failures.map(({ service }) => service.name);

function unhealthy(failures: readonly ServiceFailure[]): Failure {
  return new Failure(
    'RESTORE_UNHEALTHY',
    `${failures.map(({ message }) => message).join('; ')}.`,
    'Look at `docker logs` of the service; the restore is rolled back unless --no-health-rollback was given.',
  );
}

function unfinishedFailure({ database, step, services }: RestoreJournal, problem: Failure): Failure {
  if (problem.code === 'RESTORE_UNFINISHED') return problem;
  const names = services.map(({ name }) => name).join(', ');
  const areUp = names === '' || ['watching', 'finishing', 'cleaningUp'].includes(step);
  const down = areUp
    ? ''
    : `, and these services ${step === 'restoringOriginal' ? 'stay' : 'may be'} stopped: ${names}`;
  return new Failure(
    'RESTORE_UNFINISHED',
    `The restore of ${database} stopped while ${steps[step].description}: ${problem.message}`,
    `${problem.hint}\nThen run \`nightshift restore\`: it continues from there, and finishes or rolls back. Until then no backup runs${down}.`,
    problem,
  );
}

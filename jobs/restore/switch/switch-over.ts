import { rmSync } from 'node:fs';
import type { Clock } from '../../platform/clock.ts';
import { asFailure, Failure } from '../../platform/errors.ts';
import { formatDuration } from '../../platform/format.ts';
import type { Log } from '../../platform/log.ts';
import { awaitHealth } from '../services/await-health.ts';
import type { Engine } from '../services/engine.ts';
import { releaseServices, startServices, stopServices } from '../services/outage.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Journal, removeJournal, writeJournal } from './journal.ts';
import { rejectedPath, stagedPath } from './names.ts';
import { type Step, stepAfter, steps } from './steps.ts';
import { checkInPlace, identify, lookAtDisk, removeParts, swapBack, swapIn } from './swap.ts';

export type SwitchOverParts = {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly checkpoint: Checkpoint;
  /** Throws DATABASE_IN_USE when somebody still has the database open after the services stopped. */
  readonly refuseHolders: () => Promise<void>;
};

/**
 * Takes a restore from its journalled step to its end, forward or back, and returns the journal as it was at the end. It
 * cannot be interrupted: services are down. Throws RESTORE_UNFINISHED, with the journal left in place, when it can go
 * neither way.
 */
export async function switchOver(begun: Journal, resumed: boolean, parts: SwitchOverParts): Promise<Journal> {
  let journal = begun;
  for (;;) {
    const { step } = journal;
    journal = { ...journal, ...onEntering(step, parts.clock) };
    await writeJournal(journal, parts.checkpoint).catch((error) => {
      throw stuck(journal, asFailure(error));
    });
    const { changes, problem } = await attempt(journal, resumed, parts);
    const problems = [journal.problem, changes.problem, problem?.message].filter((text) => typeof text === 'string');
    journal = { ...journal, ...changes, problem: problems.length > 0 ? problems.join(' ') : null };
    const next = stepAfter(step, problem !== null, journal.healthRollback);
    if (problem !== null && (next === 'stuck' || problem.code === 'DOCKER_UNREACHABLE')) throw stuck(journal, problem);
    if (problem !== null) parts.log.failure(problem);
    if (next === null || next === 'stuck') break;
    journal = { ...journal, step: next };
  }
  await removeJournal(journal.database, parts.checkpoint).catch((error) => {
    throw stuck(journal, asFailure(error));
  });
  return journal;
}

function onEntering(step: Step, clock: Clock): Partial<Journal> {
  if (step === 'stopping') return { downAt: String(clock.now()) };
  return step === 'starting' ? { servedRestored: true } : {};
}

type Result = { readonly changes: Partial<Journal>; readonly problem: Failure | null };

async function attempt(journal: Journal, resumed: boolean, parts: SwitchOverParts): Promise<Result> {
  try {
    return { changes: await perform[journal.step](journal, parts, resumed), problem: null };
  } catch (error) {
    return { changes: {}, problem: asFailure(error) };
  }
}

type Perform = (journal: Journal, parts: SwitchOverParts, resumed: boolean) => Promise<Partial<Journal>>;

const perform: Readonly<Record<Step, Perform>> = {
  async stopping({ services }, parts) {
    const downAt = await stopServices(services, parts);
    await parts.refuseHolders();
    return { downAt: String(downAt) };
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
    const { upAt, problems } = await startServices(services, parts);
    if (problems.length > 0) throw unwell(problems);
    return { upAt: String(upAt) };
  },

  async watching({ services, healthTimeoutSeconds, healthRollback }, parts) {
    const options = { askedSeconds: healthTimeoutSeconds, untilFirstFailure: healthRollback };
    const problems = await awaitHealth(services, options, parts);
    if (problems.length > 0) throw unwell(problems);
    return {};
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
    log.line(`The old database is back at ${journal.database}`);
    return {};
  },

  async reviving({ services }, parts) {
    const { upAt, problems } = await startServices(services, parts);
    return { upAt: String(upAt), ...(problems.length > 0 ? { problem: `${problems.join('; ')}.` } : {}) };
  },

  async clearing(journal, parts) {
    await releaseServices(journal.services, parts);
    rmSync(stagedPath(journal.database), { force: true });
    if (isPristine(journal)) removeParts(rejectedPath(journal.database, journal.stamp));
    return {};
  },
};

/** No service has run on the rejected file, and it is the staged one: it holds nothing that the bucket does not. */
function isPristine(journal: Journal): boolean {
  if (!lookAtDisk(journal).rejected || journal.servedRestored) return false;
  return identify(rejectedPath(journal.database, journal.stamp)).inode === journal.staged.inode;
}

function unwell(problems: readonly string[]): Failure {
  return new Failure(
    'RESTORE_UNHEALTHY',
    `${problems.join('; ')}.`,
    'Look at `docker logs` of the service; the restore goes back unless --no-health-rollback was given.',
  );
}

function stuck({ database, step }: Journal, problem: Failure): Failure {
  return new Failure(
    'RESTORE_UNFINISHED',
    `The restore of ${database} stopped while ${steps[step].says}: ${problem.message}`,
    `${problem.cure}\nThen run \`nightshift restore\`: it knows where it was and finishes or goes back. Until then no backup runs.`,
    problem,
  );
}

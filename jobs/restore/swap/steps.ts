/**
 * The order of a restore once services may be touched, as a table. Each step is journalled before it happens and may be
 * done twice without harm. Forward: stopping … finishing. Back: stoppingForRollback … cleaningUp, which leaves the old database.
 */
export type RestoreStep =
  | 'stopping'
  | 'swapping'
  | 'checking'
  | 'starting'
  | 'watching'
  | 'finishing'
  | 'stoppingForRollback'
  | 'restoringOriginal'
  | 'restartingServices'
  | 'cleaningUp';

type StepRule = {
  readonly description: string;
  readonly next: RestoreStep | null;
  /** Where to go when the step fails; null: stop there with the journal in place, for the next `nightshift restore`. */
  readonly onProblem: RestoreStep | null;
  /** Whether services run once the step has begun (`up`) or has succeeded (`down`); null: as before it. */
  readonly leaves: 'up' | 'down' | null;
};

export const steps: Readonly<Record<RestoreStep, StepRule>> = {
  stopping: { description: 'stopping services', next: 'swapping', onProblem: 'restartingServices', leaves: 'down' },
  swapping: {
    description: 'putting the restored file in place',
    next: 'checking',
    onProblem: 'restoringOriginal',
    leaves: null,
  },
  checking: {
    description: 'checking the file in place',
    next: 'starting',
    onProblem: 'restoringOriginal',
    leaves: null,
  },
  starting: { description: 'starting services', next: 'watching', onProblem: 'stoppingForRollback', leaves: 'up' },
  watching: {
    description: 'waiting for health checks',
    next: 'finishing',
    onProblem: 'stoppingForRollback',
    leaves: null,
  },
  finishing: { description: 'finishing', next: null, onProblem: null, leaves: null },

  stoppingForRollback: {
    description: 'stopping services for the rollback',
    next: 'restoringOriginal',
    onProblem: null,
    leaves: 'down',
  },
  restoringOriginal: {
    description: 'putting the old file back',
    next: 'restartingServices',
    onProblem: null,
    leaves: null,
  },
  restartingServices: {
    description: 'starting services on the old file',
    next: 'cleaningUp',
    onProblem: null,
    leaves: 'up',
  },
  cleaningUp: { description: 'cleaning up', next: null, onProblem: null, leaves: null },
};

/**
 * The step after `step`, or null at the end. `stuck`: the step failed and nothing may go on by itself. Without
 * `healthRollback` services that do not come up are only reported.
 */
export function stepAfter(step: RestoreStep, failed: boolean, healthRollback: boolean): RestoreStep | null | 'stuck' {
  const { next, onProblem } = steps[step];
  const onlyReported = !healthRollback && (step === 'starting' || step === 'watching');
  if (!failed || onlyReported) return next;
  return onProblem ?? 'stuck';
}

/**
 * `step`, or what must be done before it: files move back only when `areDown`, that is when this process has stopped the
 * services and has started none since. Of a process that died nobody knows what runs now.
 */
export function withServicesDown(step: RestoreStep, areDown: boolean): RestoreStep {
  return step === 'restoringOriginal' && !areDown ? 'stoppingForRollback' : step;
}

/**
 * The step to go on with when the journal cannot say that `step` begins. Forward before services have run on the restored
 * file: back, before more is changed. Else `step` itself: if interrupted, the next run ends it by what the disk shows.
 */
export function stepWithoutJournal(step: RestoreStep): RestoreStep {
  switch (step) {
    case 'stopping':
      return 'restartingServices';
    case 'swapping':
    case 'checking':
    case 'starting':
      return 'restoringOriginal';
    default:
      return step;
  }
}

/** What is on the disk: a rejected file; and whether the restored file is in the database's place. */
export type DiskState = { readonly rejected: boolean; readonly restoredInPlace: boolean };

export type Resumption = { readonly step: RestoreStep; readonly message: string };

/**
 * Where a restore goes on whose process died during `step`. What the disk shows goes before the journal: a rollback that
 * could not be journalled leaves the journal at an earlier step, and has removed the staged file.
 */
export function resumeFrom(step: RestoreStep, disk: DiskState): Resumption {
  switch (step) {
    case 'stopping':
      return {
        step: 'stoppingForRollback', // one may be on its way down still: starting it would do nothing
        message: 'It had begun to stop services; the database was not touched. Stopping and starting them.',
      };
    case 'swapping':
      return disk.restoredInPlace
        ? { step: 'checking', message: 'The restored file was already in place. Continuing from there.' }
        : {
            step: 'stoppingForRollback',
            message: 'It had begun to move files; the restored one is not in place. Rolling back.',
          };
    case 'checking':
    case 'starting':
    case 'watching':
      if (!disk.restoredInPlace) {
        return {
          step: 'stoppingForRollback', // it was rolling back, and could not journal that
          message: 'The restored file is not in place any more. Rolling back to the old database.',
        };
      }
      return {
        step,
        message: `The restored file was in place; it was interrupted while ${steps[step].description}. Continuing from there.`,
      };
    case 'finishing':
      return { step, message: 'The restore had succeeded; only the end was missing. Finishing.' };
    case 'stoppingForRollback':
    case 'restoringOriginal':
    case 'restartingServices':
    case 'cleaningUp':
      return {
        step,
        message: `It was rolling back to the old database (${steps[step].description}). Continuing the rollback.`,
      };
  }
}

export const isRollback = (step: RestoreStep) =>
  ['stoppingForRollback', 'restoringOriginal', 'restartingServices', 'cleaningUp'].includes(step);

/**
 * The order of a restore once services may be touched, as a table. Each step is journalled before it happens and may be
 * done twice without harm. Forward: stopping … finishing. Back: halting … clearing, which leaves the old database.
 */
export type Step =
  | 'stopping'
  | 'swapping'
  | 'checking'
  | 'starting'
  | 'watching'
  | 'finishing'
  | 'halting'
  | 'returning'
  | 'reviving'
  | 'clearing';

type Row = {
  readonly says: string;
  readonly next: Step | null;
  /** Where to go when the step fails; null: stop there with the journal in place, for the next `nightshift restore`. */
  readonly onProblem: Step | null;
  /** Whether services run once the step has begun (`up`) or has succeeded (`down`); null: as before it. */
  readonly leaves: 'up' | 'down' | null;
};

export const steps: Readonly<Record<Step, Row>> = {
  stopping: { says: 'stopping services', next: 'swapping', onProblem: 'reviving', leaves: 'down' },
  swapping: { says: 'putting the restored file in place', next: 'checking', onProblem: 'returning', leaves: null },
  checking: { says: 'checking the file in place', next: 'starting', onProblem: 'returning', leaves: null },
  starting: { says: 'starting services', next: 'watching', onProblem: 'halting', leaves: 'up' },
  watching: { says: 'waiting for health checks', next: 'finishing', onProblem: 'halting', leaves: null },
  finishing: { says: 'finishing', next: null, onProblem: null, leaves: null },

  halting: { says: 'stopping services for the way back', next: 'returning', onProblem: null, leaves: 'down' },
  returning: { says: 'putting the old file back', next: 'reviving', onProblem: null, leaves: null },
  reviving: { says: 'starting services on the old file', next: 'clearing', onProblem: null, leaves: 'up' },
  clearing: { says: 'clearing up', next: null, onProblem: null, leaves: null },
};

/**
 * The step after `step`, or null at the end. `stuck`: the step failed and nothing may go on by itself. Without
 * `healthRollback` services that do not come up are only reported.
 */
export function stepAfter(step: Step, failed: boolean, healthRollback: boolean): Step | null | 'stuck' {
  const { next, onProblem } = steps[step];
  const onlyReported = !healthRollback && (step === 'starting' || step === 'watching');
  if (!failed || onlyReported) return next;
  return onProblem ?? 'stuck';
}

/**
 * `step`, or what must be done before it: files move back only when `areDown`, that is when this process has stopped the
 * services and has started none since. Of a process that died nobody knows what runs now.
 */
export function withServicesDown(step: Step, areDown: boolean): Step {
  return step === 'returning' && !areDown ? 'halting' : step;
}

/**
 * The step to go on with when the journal cannot say that `step` begins. Forward before services have run on the restored
 * file: back, before more is changed. Else `step` itself: cut short, the next run ends it by what the disk shows.
 */
export function stepUnjournalled(step: Step): Step {
  switch (step) {
    case 'stopping':
      return 'reviving';
    case 'swapping':
    case 'checking':
    case 'starting':
      return 'returning';
    default:
      return step;
  }
}

/** What lies on the disk: a rejected file; and whether the restored file is in the database's place. */
export type Disk = { readonly rejected: boolean; readonly restoredInPlace: boolean };

export type Resumption = { readonly step: Step; readonly message: string };

/**
 * Where a restore goes on whose process died during `step`. What the disk shows goes before the journal: a way back that
 * could not be journalled leaves the journal at an earlier step, and has removed the staged file.
 */
export function resumeFrom(step: Step, disk: Disk): Resumption {
  switch (step) {
    case 'stopping':
      return {
        step: 'halting', // one may be on its way down still: starting it would do nothing
        message: 'It had begun to stop services; the database was not touched. Stopping and starting them.',
      };
    case 'swapping':
      return disk.restoredInPlace
        ? { step: 'checking', message: 'The restored file was already in place. Going on from there.' }
        : { step: 'halting', message: 'It had begun to move files; the restored one is not in place. Going back.' };
    case 'checking':
    case 'starting':
    case 'watching':
      if (!disk.restoredInPlace) {
        return {
          step: 'halting', // it was on its way back, and could not journal that
          message: 'The restored file is not in place any more. Going back to the old database.',
        };
      }
      return {
        step,
        message: `The restored file was in place; it died while ${steps[step].says}. Going on from there.`,
      };
    case 'finishing':
      return { step, message: 'The restore had succeeded; only the end was missing. Finishing.' };
    case 'halting':
    case 'returning':
    case 'reviving':
    case 'clearing':
      return { step, message: `It was on its way back to the old database (${steps[step].says}). Going on back.` };
  }
}

export const isWayBack = (step: Step) => ['halting', 'returning', 'reviving', 'clearing'].includes(step);

import { oneLine } from '../../monitoring/alerts/alert.ts';
import type { DamagedBackup, RoutineVerification, UnverifiedBackup } from '../../monitoring/history/history.ts';
import type { BackupProblem } from './backup-problem.ts';

/** What the history knows of the verification of one database's stored backups. */
export type VerificationFacts = {
  readonly database: string;
  readonly damaged: readonly DamagedBackup[];
  readonly routine: RoutineVerification | null;
};

/** Stored backups that do not verify, and why none could be verified by itself; each until it is verified again, or gone. */
export function problemsOfVerification({ database, damaged, routine }: VerificationFacts): BackupProblem[] {
  const problem = routine === null ? null : routine.problem;
  return [
    ...damaged.map((one) => damagedProblem(database, one)),
    ...(routine === null || problem === null ? [] : [unverifiedProblem(database, problem, routine.at)]),
    ...(routine?.unverified ?? []).map((one) => oneUnverifiedProblem(database, one)),
  ];
}

/** As one line. */
export function damagedText({ key, message }: Pick<DamagedBackup, 'key' | 'message'>): string {
  return `${key} does not verify: ${oneLine(message)}`;
}

function damagedProblem(database: string, { key, message, at }: DamagedBackup): BackupProblem {
  return {
    database,
    kind: 'damaged',
    code: key,
    key: null,
    title: `a stored backup of ${database} is DAMAGED`,
    message: damagedText({ key, message }),
    lines: [
      `A stored backup of ${database} does not verify any more.`,
      `The backup: ${key}`,
      `What: ${oneLine(message)}`,
    ],
    hint: `Do not rely on it. Try again: nightshift verify ${key}. If it stays, remove it from the store by hand (the bucket may keep an older, whole version), and verify the others: nightshift verify --all`,
    since: at.toString(),
  };
}

function oneUnverifiedProblem(database: string, { key, problem, at }: UnverifiedBackup): BackupProblem {
  return {
    database,
    kind: 'unverified',
    code: key,
    key: null,
    title: `an old backup of ${database} could not be verified`,
    message: `${key} could not be verified: ${oneLine(problem)}`,
    lines: [
      `Once a day one old backup of ${database} is restored into STAGING_DIR and checked. Of this one that was not possible.`,
      `The backup: ${key}`,
      `What: ${oneLine(problem)}`,
    ],
    hint: `Whether it is good is not known. The others are verified meanwhile; its turn comes again. By hand: nightshift verify ${key}`,
    since: at.toString(),
  };
}

function unverifiedProblem(database: string, problem: string, at: Temporal.Instant): BackupProblem {
  return {
    database,
    kind: 'unverified',
    code: '',
    key: null,
    title: `no old backup of ${database} could be verified`,
    message: `no old backup could be verified: ${oneLine(problem)}`,
    lines: [
      `Once a day one old backup of ${database} is restored into STAGING_DIR and checked. That was not possible.`,
      `What: ${oneLine(problem)}`,
    ],
    hint: 'See what was found. It is tried again after the next nightly backup; by hand: nightshift verify --sample 1',
    since: at.toString(),
  };
}

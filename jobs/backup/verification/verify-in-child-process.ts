import type { History } from '../../monitoring/history/history.ts';
import { processEntry, runProcess } from '../../runtime/child-process.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../settings/databases.ts';
import type { OldBackupLook } from './verify-old.ts';

const stopGraceMs = 10_000;

/** What the process sends. `isRecorded`: it could write that down in STATE_DIR. */
export type SentLook = { readonly look: OldBackupLook; readonly isRecorded: boolean };

type VerifyOldInChildDeps = {
  readonly history: Pick<
    History,
    'recordVerification' | 'recordDamage' | 'recordRoutineVerification' | 'routineVerification'
  >;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
};

/**
 * Verifies an old backup in a process of its own; never throws. Returns whether something is wrong that the history knows; what
 * the process could not record, and that it died, is recorded here.
 */
export async function verifyOldInChildProcess(
  { name }: Database,
  { history, clock, log, stop }: VerifyOldInChildDeps,
): Promise<boolean> {
  const entry = processEntry('verify-process', import.meta.url);
  const failed = (problem: string) => {
    log.warn(`no old backup of ${name} was verified: ${problem}`);
    recordLook(name, { kind: 'not verified', key: null, message: problem }, history, clock.now());
    return true;
  };
  try {
    const { message, exitCode, exitSignal } = await runProcess<SentLook>(entry, [name], {
      env: process.env,
      execArgv: ['--max-semi-space-size=1'],
      output: 'inherit',
      signal: stop,
      stopGraceMs,
    });
    if (message !== null) {
      const { look, isRecorded } = message;
      if (!isRecorded) recordLook(name, look, history, clock.now());
      return look.kind === 'damaged' || look.kind === 'not verified';
    }
    if (stop.aborted) return false;
    return failed(`the process for it ended with ${exitSignal ?? `exit code ${exitCode}`}, see the log`);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** The history here is in memory while STATE_DIR cannot be used: alerts and health come from it. */
function recordLook(
  database: string,
  look: OldBackupLook,
  history: VerifyOldInChildDeps['history'],
  at: Temporal.Instant,
): void {
  if (look.kind === 'none') return;
  const before = history.routineVerification(database)?.unverified ?? [];
  const others = before.filter(({ key }) => key !== look.key);
  if (look.kind === 'verified') history.recordVerification(look.key, look.verification, at);
  if (look.kind === 'damaged') history.recordDamage(database, look, at);
  const isUnverified = look.kind === 'not verified';
  const unverified =
    isUnverified && look.key !== null ? [...others, { key: look.key, problem: look.message, at }] : others;
  const problem = isUnverified && look.key === null ? look.message : null;
  history.recordRoutineVerification(database, { at, key: look.key, problem, unverified });
}

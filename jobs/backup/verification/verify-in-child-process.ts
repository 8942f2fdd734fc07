import type { History } from '../../monitoring/history/history.ts';
import { processEntry, runProcess } from '../../runtime/child-process.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../settings/databases.ts';

const stopGraceMs = 10_000;

type VerifyOldInChildDeps = {
  readonly history: Pick<History, 'recordRoutineVerification' | 'routineVerification'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
};

/**
 * Verifies an old backup in a process of its own; never throws. Returns whether something is wrong that the history knows; that
 * the process died is recorded there, too.
 */
export async function verifyOldInChildProcess(
  { name }: Database,
  { history, clock, log, stop }: VerifyOldInChildDeps,
): Promise<boolean> {
  const entry = processEntry('verify-process', import.meta.url);
  const failed = (problem: string) => {
    log.warn(`no old backup of ${name} was verified: ${problem}`);
    const unverified = history.routineVerification(name)?.unverified ?? [];
    history.recordRoutineVerification(name, { at: clock.now(), key: null, problem, unverified });
    return true;
  };
  try {
    const { message, exitCode, exitSignal } = await runProcess<boolean>(entry, [name], {
      env: process.env,
      execArgv: ['--max-semi-space-size=1'],
      output: 'inherit',
      signal: stop,
      stopGraceMs,
    });
    if (message !== null) return message;
    if (stop.aborted) return false;
    return failed(`the process for it ended with ${exitSignal ?? `exit code ${exitCode}`}, see the log`);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

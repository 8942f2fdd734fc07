import { processEntry, runProcess } from '../../runtime/child-process.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../settings/databases.ts';

const stopGraceMs = 10_000;

/** Verifies an old backup in a process of its own; never throws. Returns whether something is wrong that the history knows. */
export async function verifyOldInChildProcess(
  { name }: Database,
  { log, stop }: { readonly log: Log; readonly stop: AbortSignal },
): Promise<boolean> {
  const entry = processEntry('verify-process', import.meta.url);
  try {
    const { message, exitCode, exitSignal } = await runProcess<boolean>(entry, [name], {
      env: process.env,
      execArgv: ['--max-semi-space-size=1'],
      output: 'inherit',
      signal: stop,
      stopGraceMs,
    });
    if (message === null && !stop.aborted)
      log.warn(
        `the process that verified an old backup of ${name} ended with ${exitSignal ?? `exit code ${exitCode}`}`,
      );
    return message === true;
  } catch (error) {
    log.warn(`no old backup of ${name} was verified: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

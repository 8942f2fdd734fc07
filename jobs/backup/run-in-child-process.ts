import { availableParallelism } from 'node:os';
import { processEntry, runProcess } from '../runtime/child-process.ts';
import { Failure } from '../runtime/errors.ts';
import type { Database } from '../settings/databases.ts';
import { failureOutcome, type RunOutcome } from './outcome.ts';

const stopGraceMs = 10_000;

/**
 * Runs one backup in a process of its own and returns how it ended; never throws. `waitForNewKey`: see BackupDeps. When `stop`
 * aborts, the run gets ten seconds to undo what it began.
 */
export async function runInChildProcess(
  database: Database,
  { waitForNewKey, stop }: { waitForNewKey: boolean; stop: AbortSignal },
): Promise<RunOutcome> {
  // Compression runs in libuv's thread pool, which has four threads by default.
  const threads = String(Math.max(4, availableParallelism() + 2));
  const entry = processEntry('run-process', import.meta.url);
  try {
    const { message, exitCode, exitSignal } = await runProcess<RunOutcome>(
      entry,
      waitForNewKey ? [database.name, 'wait-for-new-key'] : [database.name],
      {
        env: { UV_THREADPOOL_SIZE: threads, ...process.env },
        // A small young generation: what is read and written in blocks is collected soon, instead of piling up.
        execArgv: ['--max-semi-space-size=1'],
        output: 'inherit',
        signal: stop,
        stopGraceMs,
      },
    );
    if (message !== null) return message;
    if (stop.aborted) return { kind: 'interrupted', unrecorded: null };
    return crashOutcome(database, exitSignal ?? `exit code ${exitCode}`);
  } catch (error) {
    return crashOutcome(database, error instanceof Error ? error.message : String(error));
  }
}

function crashOutcome({ name }: Database, how: string): RunOutcome {
  const message = `The process that backed up ${name} ended with ${how} before it was done.`;
  const hint = 'SIGKILL usually means out of memory: see `dmesg`, and give the container at least 320 MiB.';
  return failureOutcome(new Failure('RUN_CRASHED', message, hint));
}

import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '../settings/settings.ts';
import type { RunOutcome } from './outcome.ts';

const entry = fileURLToPath(new URL(`./run-process${path.extname(import.meta.url)}`, import.meta.url));
const abortLimitMs = 10_000;

/**
 * Runs one backup in a process of its own and returns how it ended; never throws. `patient`: see BackupTools. When `stop`
 * aborts, the run gets ten seconds to take back what it began.
 */
export function runInProcess(
  database: Database,
  { patient, stop }: { patient: boolean; stop: AbortSignal },
): Promise<RunOutcome> {
  // Compression runs in libuv's thread pool, which has four threads unless told otherwise.
  const threads = String(Math.max(4, availableParallelism() + 2));
  const child = fork(entry, patient ? [database.name, 'patient'] : [database.name], {
    env: { UV_THREADPOOL_SIZE: threads, ...process.env },
    // A small young generation: what is read and written in blocks is collected soon, instead of piling up.
    execArgv: ['--max-semi-space-size=1'],
  });
  const { promise, resolve } = Promise.withResolvers<RunOutcome>();
  let said: RunOutcome | null = null;
  const askToStop = () => {
    child.send('stop', () => {});
    setTimeout(() => child.kill('SIGKILL'), abortLimitMs).unref();
  };
  child.on('message', (outcome: RunOutcome) => {
    said = outcome;
  });
  child.on('error', (error) => resolve(crashed(database, error.message)));
  child.on('exit', (code, signal) => {
    stop.removeEventListener('abort', askToStop);
    if (said !== null) resolve(said);
    else if (stop.aborted) resolve({ kind: 'interrupted', unrecorded: null });
    else resolve(crashed(database, signal ?? `exit code ${code}`));
  });
  stop.addEventListener('abort', askToStop);
  if (stop.aborted) askToStop();
  return promise;
}

function crashed({ name }: Database, how: string): RunOutcome {
  const message = `The process that backed up ${name} ended with ${how} before it was done.`;
  const hint = 'SIGKILL usually means out of memory: see `dmesg`, and give the container at least 320 MiB.';
  return { kind: 'failed', trouble: { code: 'RUN_CRASHED', message, hint }, unrecorded: null };
}

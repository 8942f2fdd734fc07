import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { forkProcess, processEntry } from '../../runtime/child-process.ts';
import { formatDuration } from '../../runtime/format.ts';
import type { Query, QueryResult, RunQuery } from './query.ts';

/** How long the process has to close the database. */
const graceMs = 1000;

/** Runs queries on a database, one at a time, until closed. */
export type QueryRunner = { readonly run: RunQuery; close(): void };

/**
 * Queries `file` in a process of its own; local dates in `zone`. A query over its time limit is killed with the process,
 * and the next query starts another. Aborting kills it too, and `run` then throws AbortError.
 */
export function startQueryRunner(file: string, zone: string, signal: AbortSignal): QueryRunner {
  let child: ChildProcess | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const kill = () => {
    child?.kill('SIGKILL');
    child = null;
  };
  const close = () => {
    const idle = child;
    child = null;
    if (idle?.connected) idle.disconnect();
    setTimeout(() => idle?.kill('SIGKILL'), graceMs).unref();
  };
  const run = async (query: Query): Promise<QueryResult> => {
    signal.throwIfAborted();
    child ??= startProcess(file, zone);
    const { result, isProcessUsable } = await resultOf(child, query, signal);
    if (!isProcessUsable) kill();
    signal.throwIfAborted();
    return result;
  };
  return {
    run: (query) => {
      const next = last.then(() => run(query));
      last = next.catch(() => {});
      return next;
    },
    close,
  };
}

function startProcess(file: string, zone: string): ChildProcess {
  const { SQLITE_TMPDIR, TMPDIR } = process.env;
  return forkProcess(processEntry('query-process', import.meta.url), [file, zone], {
    env: { SQLITE_TMPDIR, TMPDIR },
    execArgv: ['--max-semi-space-size=2', '--max-old-space-size=128'],
    output: 'ignore',
  });
}

/** SQLite itself has no limit as it is built for Node, and the largest honest sort uses a file beyond its cache. */
const maxMemoryMib = 384;
const watchMs = 25;
const selectLess = 'select fewer rows, or shorter values';
const tooMuchMemory = `it needs more than ${maxMemoryMib} MiB of memory: ${selectLess}`;
/** As V8 ends a process whose heap is full; so does a failed assertion. */
const aborted = `its process was aborted, most likely for want of memory: ${selectLess}`;

/** What the process holds in memory; 0 where the kernel does not tell. */
function memoryMibOf({ pid }: ChildProcess): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return Number(kibibytes) / 1024;
  } catch {
    return 0;
  }
}

function resultOf(child: ChildProcess, query: Query, signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<{ result: QueryResult; isProcessUsable: boolean }>();
  const failed = (reason: string) =>
    resolve({ result: { kind: 'failed', reason, code: null }, isProcessUsable: false });
  const onMessage = (result: QueryResult) => resolve({ result, isProcessUsable: true });
  const onExit = (code: number | null, name: string | null) =>
    failed(name === 'SIGABRT' ? aborted : `the query process ended with ${name ?? `exit code ${code}`}`);
  const onError = (error: Error) => failed(`the query process did not start: ${error.message}`);
  const onAbort = () => failed('stopped on request');
  const limit = setTimeout(
    () => failed(`it was stopped at its time limit of ${formatDuration(query.timeLimitMs / 1000)}`),
    query.timeLimitMs,
  );
  const watch = setInterval(() => {
    if (memoryMibOf(child) > maxMemoryMib) failed(tooMuchMemory);
  }, watchMs);
  child.on('message', onMessage).on('exit', onExit).on('error', onError);
  signal.addEventListener('abort', onAbort);
  child.send(query, () => {});
  return promise.finally(() => {
    clearTimeout(limit);
    clearInterval(watch);
    child.off('message', onMessage).off('exit', onExit).off('error', onError);
    signal.removeEventListener('abort', onAbort);
  });
}

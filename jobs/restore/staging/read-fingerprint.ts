import { processEntry, runProcess, throwIfStopped } from '../../runtime/child-process.ts';
import type { DatabaseFingerprint } from './verified-file.ts';

/** What the child says, once. */
export type FingerprintResult = { readonly fingerprint: DatabaseFingerprint } | { readonly problem: string };

/**
 * Reads what a database holds, in a child process, since nothing but its death interrupts a running query. `problem` says
 * why SQLite cannot read it. Throws AbortError when aborted.
 */
export async function readFingerprint(file: string, signal: AbortSignal): Promise<FingerprintResult> {
  signal.throwIfAborted();
  const result = await runProcess<FingerprintResult>(processEntry('fingerprint-process', import.meta.url), [file], {
    env: {},
    execArgv: [],
    output: 'ignore',
    signal,
    stopGraceMs: 0,
  });
  signal.throwIfAborted();
  throwIfStopped(result);
  return result.message ?? { problem: 'the process that reads it died' };
}

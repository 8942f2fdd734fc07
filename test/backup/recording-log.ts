import type { Failure } from '../../jobs/runtime/errors.ts';
import type { Log } from '../../jobs/runtime/log.ts';

/** A log that keeps every message. */
export function recordingLog(): Log & { lines: string[]; warnings: string[]; failures: Failure[] } {
  const lines: string[] = [];
  const warnings: string[] = [];
  const failures: Failure[] = [];
  return {
    lines,
    warnings,
    failures,
    line: (text) => void lines.push(text),
    warn: (text) => void warnings.push(text),
    failure: (failure) => void failures.push(failure),
  };
}

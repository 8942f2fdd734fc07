import { Failure, type FailureCode } from '../platform/errors.ts';
import type { BackupResult } from './backup.ts';

/** A failure as a plain value, so that it can cross from the run's process to the service's. */
export type Trouble = { readonly code: FailureCode; readonly sentence: string; readonly cure: string };

/** How one run on one database ended. */
export type RunOutcome =
  | ({
      readonly kind: 'succeeded';
      readonly housekeeping: Trouble | null;
    } & Omit<BackupResult, 'housekeeping'>)
  | { readonly kind: 'failed'; readonly trouble: Trouble }
  | { readonly kind: 'interrupted' };

export function outcomeOfResult({ housekeeping, ...result }: BackupResult): RunOutcome {
  return { kind: 'succeeded', ...result, housekeeping: housekeeping && troubleOf(housekeeping) };
}

export function outcomeOfFailure(failure: Failure): RunOutcome {
  return failure.code === 'INTERRUPTED' ? { kind: 'interrupted' } : { kind: 'failed', trouble: troubleOf(failure) };
}

export function failureOf({ code, sentence, cure }: Trouble): Failure {
  return new Failure(code, sentence, cure);
}

function troubleOf({ code, message, cure }: Failure): Trouble {
  return { code, sentence: message, cure };
}

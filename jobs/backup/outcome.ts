import type { SerializedRun } from '../monitoring/history/serialized-run.ts';
import { Failure, type FailureCode } from '../runtime/errors.ts';
import type { BackupResult } from './backup.ts';

/** A failure as a plain value, so that it can cross from the run's process to the service's. */
export type SerializedFailure = { readonly code: FailureCode; readonly message: string; readonly hint: string };

/** How one run on one database ended. `unrecorded`: its row, when it could not be recorded in STATE_DIR. */
export type RunOutcome = { readonly unrecorded: SerializedRun | null } & RunEnd;

type RunEnd =
  | ({
      readonly kind: 'succeeded';
      readonly housekeeping: SerializedFailure | null;
    } & Omit<BackupResult, 'housekeeping'>)
  | { readonly kind: 'failed'; readonly failure: SerializedFailure }
  | { readonly kind: 'interrupted' };

export function successOutcome(
  { housekeeping, ...result }: BackupResult,
  unrecorded: SerializedRun | null = null,
): RunOutcome {
  return { kind: 'succeeded', ...result, housekeeping: housekeeping && serializeFailure(housekeeping), unrecorded };
}

export function failureOutcome(failure: Failure, unrecorded: SerializedRun | null = null): RunOutcome {
  if (failure.code === 'INTERRUPTED') return { kind: 'interrupted', unrecorded };
  return { kind: 'failed', failure: serializeFailure(failure), unrecorded };
}

export function deserializeFailure({ code, message, hint }: SerializedFailure): Failure {
  return new Failure(code, message, hint);
}

export function serializeFailure({ code, message, hint }: Failure): SerializedFailure {
  return { code, message, hint };
}

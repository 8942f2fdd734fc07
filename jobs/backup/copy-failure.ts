import type { AgeIdentity } from '../archives/format/encryption.ts';
import { isCorruptObject, readBack } from '../archives/format/read-back.ts';
import type { KnownDaily } from '../archives/inventory.ts';
import { Failure } from '../runtime/errors.ts';
import { isRefusal } from '../store/refusal.ts';
import type { ObjectStore } from '../store/store.ts';
import type { RunStep } from './steps.ts';

type CopyFailureDeps = {
  readonly store: ObjectStore;
  readonly identity: AgeIdentity | null;
  readonly step: RunStep;
  readonly signal: AbortSignal;
};

/** `damaged`: the source itself does not read back. */
export type CopyFailure = { readonly reason: string; readonly damaged: Failure | null };

/**
 * Why an upload is to do what the copy of `source` did not: it was refused, the source is gone, or the copy does not read
 * back, and then whether the source does. Throws `error` itself when an upload would fare no better.
 */
export async function explainCopyFailure(
  error: unknown,
  source: KnownDaily,
  deps: CopyFailureDeps,
): Promise<CopyFailure> {
  if (isRefusedOrGone(error)) return { reason: error.message, damaged: null };
  if (!isCorruptObject(error)) throw error;
  const sourceError = await errorOfSource(source, deps);
  if (sourceError === null) {
    return { reason: `${error.message} ${source.key} reads back as it was written.`, damaged: null };
  }
  if (isRefusedOrGone(sourceError)) return { reason: sourceError.message, damaged: null };
  if (!isCorruptObject(sourceError)) throw sourceError;
  return { reason: sourceError.message, damaged: damagedSource(source.key, sourceError) };
}

function isRefusedOrGone(error: unknown): error is Failure {
  return isRefusal(error) || (error instanceof Failure && error.code === 'OBJECT_MISSING');
}

async function errorOfSource({ key, bytes, facts }: KnownDaily, { store, identity, step, signal }: CopyFailureDeps) {
  try {
    await step('read source', (startBar) => readBack(store, key, facts, { identity, signal, bar: startBar(bytes) }));
    return null;
  } catch (error) {
    return error;
  }
}

function damagedSource(key: string, cause: unknown): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `The stored backup ${key} no longer reads back as it was written; the new one was uploaded instead of copied.`,
    'Do not rely on that object: try it with `nightshift restore --to`, then remove it by hand.',
    cause,
  );
}

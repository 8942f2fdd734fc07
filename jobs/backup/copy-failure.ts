import { isBadObject, readBack } from '../archives/format/read-back.ts';
import type { Identity } from '../archives/format/unarchive.ts';
import type { KnownDaily } from '../archives/inventory.ts';
import { Failure } from '../runtime/errors.ts';
import { isRefusal } from '../store/refusal.ts';
import type { ObjectStore } from '../store/store.ts';
import type { RunStep } from './steps.ts';

type SourceStore = {
  readonly store: ObjectStore;
  readonly identity: Identity | null;
  readonly step: RunStep;
  readonly signal: AbortSignal;
};

/** `said`: for the log. `damaged`: the source itself does not read back. */
export type NoCopy = { readonly said: string; readonly damaged: Failure | null };

/**
 * Why an upload is to do what the copy of `source` did not: it was refused, the source is gone, or the copy does not read
 * back, and then whether the source does. Throws `error` itself when an upload would fare no better.
 */
export async function whyNotCopied(error: unknown, source: KnownDaily, place: SourceStore): Promise<NoCopy> {
  if (isRefusedOrGone(error)) return { said: error.message, damaged: null };
  if (!isBadObject(error)) throw error;
  const sourceError = await errorOfSource(source, place);
  if (sourceError === null) {
    return { said: `${error.message} ${source.key} reads back as it was written.`, damaged: null };
  }
  if (isRefusedOrGone(sourceError)) return { said: sourceError.message, damaged: null };
  if (!isBadObject(sourceError)) throw sourceError;
  return { said: sourceError.message, damaged: damagedSource(source.key, sourceError) };
}

function isRefusedOrGone(error: unknown): error is Failure {
  return isRefusal(error) || (error instanceof Failure && error.code === 'OBJECT_MISSING');
}

async function errorOfSource({ key, bytes, facts }: KnownDaily, { store, identity, step, signal }: SourceStore) {
  try {
    await step('read source', (bar) => readBack(store, key, facts, { identity, signal, bar: bar(bytes) }));
    return null;
  } catch (error) {
    return error;
  }
}

function damagedSource(key: string, cause: unknown): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `The stored backup ${key} no longer reads back as it was written; the new one was uploaded afresh.`,
    'Do not rely on that object: try it with `nightshift restore --to`, then remove it by hand.',
    cause,
  );
}

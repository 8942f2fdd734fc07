import { asFailure, Failure, type FailureCode } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Database } from '../../settings/databases.ts';

type ForEachUnfinishedDeps = { readonly log: Log; readonly signal: AbortSignal };
type DatabaseResult = { readonly database: Database; readonly failure: Failure | null };

/** The first of these that there is names the whole: what still needs a person goes before what is in order again. */
const mostSevere: readonly FailureCode[] = ['INTERRUPTED', 'RESTORE_UNFINISHED'];

/**
 * Does `work` for the unfinished restore of each database, also when it fails for another. Throws its Failure when there is
 * only one; of several each failure is printed when it happens, and the one that is thrown names them all. Once aborted
 * (`signal`), it begins no other.
 */
export async function forEachUnfinished(
  databases: readonly Database[],
  { log, signal }: ForEachUnfinishedDeps,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const endings: DatabaseResult[] = [];
  for (const database of databases) {
    const failure = await failureOf(() => {
      if (endings.length > 0) signal.throwIfAborted();
      return work(database);
    });
    if (failure !== null && databases.length > 1) log.failure(failure);
    endings.push({ database, failure });
  }
  const failures = endings.flatMap(({ failure }) => failure ?? []);
  if (failures[0] === undefined) return;
  throw databases.length === 1 ? failures[0] : combinedFailure(endings, failures);
}

async function failureOf(work: () => Promise<void>): Promise<Failure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return asFailure(error);
  }
}

function combinedFailure(endings: readonly DatabaseResult[], failures: readonly Failure[]): Failure {
  const codes = failures.map(({ code }) => code);
  const code = mostSevere.find((grave) => codes.includes(grave)) ?? codes[0] ?? 'UNEXPECTED';
  const failed = endings.flatMap(({ database, failure }) =>
    failure === null ? [] : `${database.path} (${failure.code})`,
  );
  return new Failure(
    code,
    `${failures.length} of ${endings.length} unfinished restores failed: ${failed.join(', ')}.`,
    'See the messages above for what to do.',
  );
}

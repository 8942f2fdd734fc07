import { localTimestamp } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import { type RestoreJournal, readJournal } from './journal.ts';
import { type RunStepsDeps, runSteps } from './run-steps.ts';
import { isRollback, resumeFrom } from './steps.ts';
import { inspectDisk } from './swap-files.ts';

/** What the unfinished restore of a database is, and how it goes on, in words; null when there is none. */
export function describeUnfinished(database: string, zone: string): string | null {
  const journal = readJournal(database);
  if (journal === null) return null;
  const { message } = resumeFrom(journal.step, inspectDisk({ ...journal, database }));
  return unfinishedText({ ...journal, database }, message, zone);
}

function unfinishedText({ database, source, startedAt }: RestoreJournal, message: string, zone: string): string {
  const begun = localTimestamp(Temporal.Instant.from(startedAt), zone);
  return `Found an unfinished restore of ${database} from ${source}, started ${begun}. ${message}`;
}

/**
 * Takes an unfinished restore to its end, forward or back. The caller holds the database's lock. Returns the journal as it
 * was at the end, or null when nothing was unfinished.
 */
export async function resumeUnfinished(
  database: string,
  zone: string,
  deps: Omit<RunStepsDeps, 'assertNotInUse'>,
): Promise<RestoreJournal | null> {
  const journal = readJournal(database);
  if (journal === null) return null;
  // Another mount may show the same folder under another path than when it began.
  const here = { ...journal, database };
  const disk = inspectDisk(here);
  const { step, message } = resumeFrom(here.step, disk);
  deps.log.line(unfinishedText(here, message, zone));
  // Somebody may have started a service by hand meanwhile: what it wrote is kept.
  const servedRestored = here.servedRestored || disk.restoredInPlace;
  return runSteps({ ...here, step, servedRestored }, true, { ...deps, assertNotInUse: async () => {} });
}

/**
 * Throws ARGUMENT_INVALID when one of `names` (--leave-off) is no service of an unfinished restore of these databases that
 * rolls back: going forward it would be started anyway.
 */
export function requireServices(names: readonly string[], databases: readonly string[]): void {
  if (names.length === 0) return;
  const unfinished = databases.flatMap((database) => {
    const journal = readJournal(database);
    if (journal === null) return [];
    const { step } = resumeFrom(journal.step, inspectDisk({ ...journal, database }));
    return [{ database, goesBack: isRollback(step), services: journal.services.map(({ name }) => name) }];
  });
  const known = unfinished.flatMap(({ services }) => services);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Failure(
      'ARGUMENT_INVALID',
      databases.length === 0
        ? '--leave-off is for an unfinished restore, and there is none.'
        : `The unfinished restore has no service ${unknown.join(', ')}; it has ${known.join(', ') || 'none'}.`,
      'Run `nightshift restore` without it: it says what is unfinished.',
    );
  }
  const forward = unfinished.find(
    ({ goesBack, services }) => !goesBack && names.some((name) => services.includes(name)),
  );
  if (forward === undefined) return;
  throw new Failure(
    'ARGUMENT_INVALID',
    `--leave-off is for services that do not run on the old database, and the unfinished restore of ${forward.database} continues with the restored one.`,
    'Run `nightshift restore` without it. If it has to roll back, and a service does not run then, it says so.',
  );
}

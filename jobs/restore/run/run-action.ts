import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { readIdentity } from '../../archives/format/age-identity.ts';
import { sameStoreFailure } from '../../archives/store-identity.ts';
import { missingHistoryWarning, readHistory } from '../../monitoring/history/open-history.ts';
import type { CliContext, Environment } from '../../runtime/cli-context.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { createLog } from '../../runtime/log.ts';
import { terminalProgress } from '../../runtime/progress.ts';
import type { Database } from '../../settings/databases.ts';
import { type RestoreSettings, readRestoreSettings } from '../../settings/settings.ts';
import { acquireLock } from '../../sqlite/lock/lock.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { openStore } from '../../store/open.ts';
import { targetDatabase } from '../choice/candidates.ts';
import { type ChosenBackup, chooseBackup } from '../choice/choose-backup.ts';
import { backupSource, type RestoreSource, safetyCopySource } from '../choice/restore-source.ts';
import {
  assertCopyNotInUse,
  findSafetyCopy,
  removeSafetyCopyFile,
  safetyCopies,
  safetyCopiesText,
} from '../choice/safety-copies.ts';
import { noCheckpoint } from '../files/checkpoint.ts';
import type { CliOptions } from '../options/cli-options.ts';
import { actionOf, restoreOptionsOf } from '../options/parse-options.ts';
import type { BackupSelector, RestoreAction, RestoreOptions } from '../options/restore-options.ts';
import { confirmRemoval, requirePrompt, requireRemovalPrompt, terminalPrompt } from '../plan/prompts.ts';
import { dockerEngineAt } from '../services/affected-services.ts';
import { dockerServiceManager } from '../services/docker/docker-service-manager.ts';
import { noDocker } from '../services/docker/no-docker.ts';
import { removeLeftovers } from '../staging/preflight.ts';
import type { RestoreJournal } from '../swap/journal.ts';
import { describeUnfinished, requireServices, resumeUnfinished } from '../swap/resume.ts';
import { forEachDatabase } from './for-each-database.ts';
import { notDoneFailure } from './report.ts';
import { type RestoreDeps, reportResumed, restore, showPlan, uninterruptible } from './restore.ts';
import { withRunRecord } from './run-recorder.ts';
import { writeCopy } from './write-copy.ts';

/** Does what a person typed; an unfinished restore comes first. Throws a Failure. Tests give tools of their own. */
export async function runAction(
  typed: CliOptions,
  context: CliContext,
  changes: Partial<RestoreDeps> = {},
): Promise<void> {
  const { settings, deps: usual } = createDeps(typed.docker, context);
  const request = actionOf(typed, settings.zone);
  const options = restoreOptionsOf(typed);
  const deps = { ...usual, ...changes };
  const changesSomething = !options.dryRun && request.kind !== 'list safety copies' && request.kind !== 'write copy';
  if (changesSomething && (await resumeAllUnfinished(settings.databases, request, options, deps))) return;
  const unfinished = unfinishedOf(settings.databases);
  await reportUnfinished(unfinished, deps);

  const target = () => targetDatabase(null, options.database, settings.databases);
  switch (request.kind) {
    case 'resume':
      if (unfinished.length > 0) return;
      if (!options.dryRun) await removeIdleLeftovers(settings.databases, deps);
      throw nothingRequested();
    case 'list safety copies':
      return listSafetyCopies(settings.databases, deps);
    case 'remove safety copy':
      return removeSafetyCopy(request.name, target(), options, deps);
    case 'undo': {
      const copy = findSafetyCopy(target().path, request.name);
      const source = safetyCopySource(copy, settings.zone, options.allow.damagedCopy, deps.clock);
      // An undo is never refused for want of room for the next one; its plan says so.
      return restoreOrShow(source, target(), { ...options, undoRoom: false }, deps).catch(interruptedUntouched);
    }
    case 'restore':
      if (!options.dryRun) requirePrompt(options.yes, deps.ask);
      return withBackup(request.selector, options, context, (source, { database }) =>
        restoreOrShow(source, database, options, deps),
      ).catch(interruptedUntouched);
    case 'write copy':
      return withBackup(request.selector, options, context, (source, _, { stateDir, store }) => {
        const keptFolders = [stateDir, ...(store.kind === 'directory' ? [store.folder] : [])];
        return writeCopy(
          request.to,
          source,
          { databases: settings.databases, keptFolders, owner: options.owner },
          deps,
        );
      }).catch(interruptedUntouched);
  }
}

/** From the first stopped service on, a restore finishes before it obeys: what was interrupted had not begun that. */
function interruptedUntouched(error: unknown): never {
  const failure = asFailure(error);
  if (failure.code !== 'INTERRUPTED') throw error;
  const hint = 'No service was stopped and no database was changed; run it again if you want it.';
  throw new Failure('INTERRUPTED', failure.message, hint, error);
}

/** What is needed without the bucket, so that undo and the end of a restore need no keys. */
function createDeps(useDocker: boolean, context: CliContext): { settings: RestoreSettings; deps: RestoreDeps } {
  const { environment, clock, signal, out, err, interactive } = context;
  const settings = readRestoreSettings(withoutStore(environment));
  const wanted = useDocker ? settings.restoreServices : [];
  const isNeeded = wanted.length > 0;
  const deps = {
    settings: { ...settings, restoreServices: wanted },
    docker: useDocker ? dockerEngineAt(environment['DOCKER_HOST'] ?? null, isNeeded) : noDocker,
    clock,
    log: createLog(clock, settings.zone, { out, err }),
    progress: terminalProgress(),
    signal,
    checkpoint: noCheckpoint,
    ask: interactive ? terminalPrompt(signal) : null,
    out,
    bold: interactive && process.stdout.isTTY ? (text: string) => styleText('bold', text) : (text: string) => text,
  };
  return { settings, deps };
}

function withoutStore(environment: Environment): Environment {
  return { ...environment, BACKUP_STORE: 'file:///none', BACKUP_STORE_FILE: undefined };
}

/**
 * Takes unfinished restores to their ends, each whatever became of the others. True when that was what was asked for. Throws
 * RESTORE_RESUMED when it was not: what is in place now may be other than what the person had in mind.
 */
async function resumeAllUnfinished(
  databases: readonly Database[],
  { kind }: RestoreAction,
  { leaveOff, commandLine }: RestoreOptions,
  deps: RestoreDeps,
): Promise<boolean> {
  const unfinished = unfinishedOf(databases);
  requireServices(
    leaveOff,
    unfinished.map(({ path }) => path),
  );
  const services = dockerServiceManager(deps.docker, deps.clock);
  const instead = kind === 'resume' ? null : commandLine;
  const resumed: RestoreJournal[] = [];
  await forEachDatabase(unfinished, deps, (database) =>
    withLock(database, deps, () =>
      withRunRecord({ stateDir: deps.settings.stateDir, database: database.name }, deps, async (record) => {
        const ended = await uninterruptible(deps, () =>
          resumeUnfinished(database.path, deps.settings.zone, { ...deps, services, leaveOff }),
        );
        if (ended === null) return;
        resumed.push(ended);
        record.note({ key: ended.source, snapshotBytes: ended.staged.bytes });
        reportResumed(ended, instead, deps);
      }),
    ),
  );
  const last = resumed.at(-1);
  if (last !== undefined && instead !== null) throw notDoneFailure(last, instead);
  return unfinished.length > 0 && instead === null;
}

const unfinishedOf = (databases: readonly Database[]) =>
  databases.filter(({ path }) => existsSync(restoreJournalPath(path)));

async function reportUnfinished(databases: readonly Database[], deps: RestoreDeps): Promise<void> {
  await forEachDatabase(databases, deps, async ({ path }) => {
    const message = describeUnfinished(path, deps.settings.zone);
    if (message !== null) deps.log.warn(`${message} \`nightshift restore\` does that; nothing was done now.`);
  });
}

async function removeIdleLeftovers(databases: readonly Database[], deps: RestoreDeps): Promise<void> {
  for (const database of databases) {
    const cleared = await withLock(database, deps, async () => removeLeftovers(database.path, deps.clock.now()));
    for (const name of cleared) deps.log.line(`Removed ${name}, left by a restore that was cut short`);
  }
}

function nothingRequested(): Failure {
  return new Failure(
    'ARGUMENT_INVALID',
    'No restore is unfinished, and no backup was named.',
    'See `nightshift list`, then `nightshift restore NAME`, or `nightshift restore latest`. `nightshift restore --help` has more.',
  );
}

function listSafetyCopies(databases: readonly Database[], { settings, clock, out }: RestoreDeps): void {
  for (const { path } of databases) {
    const kept = safetyCopies(path);
    const now = clock.now().toZonedDateTimeISO(settings.zone).toPlainDateTime();
    out(
      kept.length === 0
        ? `No safety copies of ${path}.\n`
        : `Safety copies of ${path}:\n${safetyCopiesText(kept, now)}`,
    );
  }
}

async function removeSafetyCopy(
  name: string,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  requireRemovalPrompt(options.yes, deps.ask);
  await withLock(database, deps, async () => {
    const file = findSafetyCopy(database.path, name);
    await assertCopyNotInUse(file.path, options);
    await confirmRemoval(file.path, options.yes, deps.ask);
    removeSafetyCopyFile(database.path, file);
    deps.out(`Removed ${file.path}.\n`);
  });
}

function restoreOrShow(
  source: RestoreSource,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  return options.dryRun ? showPlan(source, database, options, deps) : restore(source, database, options, deps);
}

async function withBackup(
  selector: BackupSelector,
  options: RestoreOptions,
  { environment, clock, signal, err }: CliContext,
  work: (source: RestoreSource, chosen: ChosenBackup, settings: RestoreSettings) => Promise<void>,
): Promise<void> {
  const settings = readRestoreSettings(environment);
  const identityFile = options.identityFile ?? settings.ageIdentityFile;
  const identity = identityFile === null ? null : await readIdentity(identityFile);
  const { history, failure } = readHistory(settings.stateDir);
  const other = await sameStoreFailure(settings.store, history);
  history?.close();
  if (other !== null) err(`WARNING: ${other.message} ${other.hint}\n`);
  const loss =
    failure && missingHistoryWarning(failure, 'Whether this is the store that backups went to is not known.');
  if (loss !== null) err(`${loss}\n`);
  const store = await openStore(settings.store);
  try {
    const { databases, zone } = settings;
    const chosen = await chooseBackup(selector, store, {
      databases,
      asked: options.database,
      zone,
      now: () => store.now(clock),
      signal,
    });
    await work(backupSource(chosen, { store, identity, clock, zone }), chosen, settings);
    if (options.dryRun && identity === null && chosen.key.endsWith('.age')) throw keyMissing(chosen.key);
  } finally {
    store.close();
  }
}

async function withLock<T>(
  { path }: Database,
  { settings, log, signal, clock }: RestoreDeps,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(path, settings.stateDir, { holder: 'restore', wait: true, log, signal, clock });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function keyMissing(key: string): Failure {
  return new Failure(
    'ARCHIVE_IDENTITY_MISSING',
    `${key} is encrypted, and no key was given: it will be refused without --identity.`,
    'Give the age key file with --identity, or BACKUP_AGE_IDENTITY. Nothing was done (--dry-run).',
  );
}

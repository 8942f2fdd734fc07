import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { readIdentity } from '../archives/format/unarchive.ts';
import { otherStoreFailure } from '../archives/same-store.ts';
import { readHistory, withoutHistory } from '../monitoring/history/history.ts';
import type { CliContext, Environment } from '../runtime/cli-context.ts';
import { asFailure, Failure } from '../runtime/errors.ts';
import { createLog } from '../runtime/log.ts';
import { terminalProgress } from '../runtime/progress.ts';
import { type Database, readSettings, type Settings } from '../settings/settings.ts';
import { acquireLock } from '../sqlite/lock/lock.ts';
import { restoreJournalPath } from '../sqlite/lock/lock-state.ts';
import { openStore } from '../store/open.ts';
import { type ChosenBackup, chooseBackup } from './choice/backup-choice.ts';
import { targetOf } from './choice/choose.ts';
import type { Choices, Request, Wish } from './choice/request.ts';
import { backupSource, type Source, safetyCopySource } from './choice/source.ts';
import { eachUnfinished } from './each-unfinished.ts';
import { confirmRemoval, requireAnswer, requireRemovalAnswer, terminalAsk } from './plan/questions.ts';
import { recorded } from './record.ts';
import { notDone } from './report.ts';
import { type RestoreTools, restore, showPlan, tellResumed, uninterrupted } from './run.ts';
import { findKept, keptFiles, keptText, refuseUsedCopy, removeKept } from './safety-copies.ts';
import { engineAt } from './services/affected.ts';
import { noEngine } from './services/no-engine.ts';
import { clearLeftovers } from './staging/place.ts';
import { writeTo } from './staging/to.ts';
import { noCheckpoint } from './switch/checkpoint.ts';
import type { Journal } from './switch/journal.ts';
import { describeUnfinished, requireServices, resumeUnfinished } from './switch/resume.ts';
import { choicesOf, requestOf, type Typed } from './typed.ts';

/** Does what a person typed; an unfinished restore comes first. Throws a Failure. Tests give tools of their own. */
export async function perform(typed: Typed, context: CliContext, changes: Partial<RestoreTools> = {}): Promise<void> {
  const { settings, tools: usual } = toolsOf(typed.docker, context);
  const request = requestOf(typed, settings.zone);
  const choices = choicesOf(typed);
  const tools = { ...usual, ...changes };
  const changesSomething = !choices.dryRun && request.kind !== 'list kept' && request.kind !== 'write';
  if (changesSomething && (await endUnfinished(settings.databases, request, choices, tools))) return;
  const unfinished = unfinishedOf(settings.databases);
  await tellUnfinished(unfinished, tools);

  const target = () => targetOf(null, choices.database, settings.databases);
  switch (request.kind) {
    case 'resume':
      if (unfinished.length > 0) return;
      if (!choices.dryRun) await clearIdle(settings.databases, tools);
      throw nothingAsked();
    case 'list kept':
      return listKept(settings.databases, tools);
    case 'remove kept':
      return remove(request.name, target(), choices, tools);
    case 'undo': {
      const copy = findKept(target().path, request.name);
      const source = safetyCopySource(copy, settings.zone, choices.allow.damagedCopy, tools.clock);
      // An undo is never refused for want of room for the next one; its plan says so.
      return restoreOrShow(source, target(), { ...choices, undoRoom: false }, tools).catch(untouched);
    }
    case 'restore':
      if (!choices.dryRun) requireAnswer(choices.yes, tools.ask);
      return withBackup(request.wish, choices, context, (source, { database }) =>
        restoreOrShow(source, database, choices, tools),
      ).catch(untouched);
    case 'write':
      return withBackup(request.wish, choices, context, (source, _, { stateDir, store }) => {
        const keptFolders = [stateDir, ...(store.kind === 'directory' ? [store.folder] : [])];
        return writeTo(request.to, source, { databases: settings.databases, keptFolders, owner: choices.owner }, tools);
      }).catch(untouched);
  }
}

/** From the first stopped service on, a restore finishes before it obeys: what was interrupted had not begun that. */
function untouched(error: unknown): never {
  const failure = asFailure(error);
  if (failure.code !== 'INTERRUPTED') throw error;
  const hint = 'No service was stopped and no database was changed; run it again if you want it.';
  throw new Failure('INTERRUPTED', failure.message, hint, error);
}

/** What is needed without the bucket, so that undo and the end of a restore need no keys. */
function toolsOf(useDocker: boolean, context: CliContext): { settings: Settings; tools: RestoreTools } {
  const { environment, clock, signal, out, err, interactive } = context;
  const settings = readSettings(withoutStore(environment));
  const wanted = useDocker ? settings.restoreServices : [];
  const isNeeded = wanted.length > 0;
  const tools = {
    settings: { ...settings, restoreServices: wanted },
    engine: useDocker ? engineAt(environment['DOCKER_HOST'] ?? null, isNeeded) : noEngine,
    clock,
    log: createLog(clock, settings.zone, { out, err }),
    progress: terminalProgress(),
    signal,
    checkpoint: noCheckpoint,
    ask: interactive ? terminalAsk(signal) : null,
    out,
    bold: interactive && process.stdout.isTTY ? (text: string) => styleText('bold', text) : (text: string) => text,
  };
  return { settings, tools };
}

function withoutStore(environment: Environment): Environment {
  return { ...environment, BACKUP_STORE: 'file:///none', BACKUP_STORE_FILE: undefined };
}

/**
 * Takes unfinished restores to their ends, each whatever became of the others. True when that was what was asked for. Throws
 * RESTORE_RESUMED when it was not: what is in place now may be other than what the person had in mind.
 */
async function endUnfinished(
  databases: readonly Database[],
  { kind }: Request,
  { leaveOff, words }: Choices,
  tools: RestoreTools,
): Promise<boolean> {
  const unfinished = unfinishedOf(databases);
  requireServices(
    leaveOff,
    unfinished.map(({ path }) => path),
  );
  const instead = kind === 'resume' ? null : words;
  const resumed: Journal[] = [];
  await eachUnfinished(unfinished, tools, (database) =>
    locked(database, tools, () =>
      recorded({ stateDir: tools.settings.stateDir, database: database.name }, tools, async (record) => {
        const ended = await uninterrupted(tools, () =>
          resumeUnfinished(database.path, tools.settings.zone, { ...tools, leaveOff }),
        );
        if (ended === null) return;
        resumed.push(ended);
        record.note({ key: ended.source, snapshotBytes: ended.staged.bytes });
        tellResumed(ended, instead, tools);
      }),
    ),
  );
  const last = resumed.at(-1);
  if (last !== undefined && instead !== null) throw notDone(last, instead);
  return unfinished.length > 0 && instead === null;
}

const unfinishedOf = (databases: readonly Database[]) =>
  databases.filter(({ path }) => existsSync(restoreJournalPath(path)));

async function tellUnfinished(databases: readonly Database[], tools: RestoreTools): Promise<void> {
  await eachUnfinished(databases, tools, async ({ path }) => {
    const message = describeUnfinished(path, tools.settings.zone);
    if (message !== null) tools.log.warn(`${message} \`nightshift restore\` does that; nothing was done now.`);
  });
}

async function clearIdle(databases: readonly Database[], tools: RestoreTools): Promise<void> {
  for (const database of databases) {
    const cleared = await locked(database, tools, async () => clearLeftovers(database.path, tools.clock.now()));
    for (const name of cleared) tools.log.line(`Removed ${name}, left by a restore that was cut short`);
  }
}

function nothingAsked(): Failure {
  return new Failure(
    'ARGUMENT_INVALID',
    'No restore is unfinished, and no backup was named.',
    'See `nightshift list`, then `nightshift restore NAME`, or `nightshift restore latest`. `nightshift restore --help` has more.',
  );
}

function listKept(databases: readonly Database[], { settings, clock, out }: RestoreTools): void {
  for (const { path } of databases) {
    const kept = keptFiles(path);
    const now = clock.now().toZonedDateTimeISO(settings.zone).toPlainDateTime();
    out(kept.length === 0 ? `No safety copies of ${path}.\n` : `Safety copies of ${path}:\n${keptText(kept, now)}`);
  }
}

async function remove(name: string, database: Database, choices: Choices, tools: RestoreTools): Promise<void> {
  requireRemovalAnswer(choices.yes, tools.ask);
  await locked(database, tools, async () => {
    const file = findKept(database.path, name);
    await refuseUsedCopy(file.path, choices);
    await confirmRemoval(file.path, choices.yes, tools.ask);
    removeKept(database.path, file);
    tools.out(`Removed ${file.path}.\n`);
  });
}

function restoreOrShow(source: Source, database: Database, choices: Choices, tools: RestoreTools): Promise<void> {
  return choices.dryRun ? showPlan(source, database, choices, tools) : restore(source, database, choices, tools);
}

async function withBackup(
  wish: Wish,
  choices: Choices,
  { environment, clock, signal, err }: CliContext,
  work: (source: Source, chosen: ChosenBackup, settings: Settings) => Promise<void>,
): Promise<void> {
  const settings = readSettings(environment);
  const identityFile = choices.identityFile ?? settings.ageIdentityFile;
  const identity = identityFile === null ? null : await readIdentity(identityFile);
  const { history, failure } = readHistory(settings.stateDir);
  const other = await otherStoreFailure(settings.store, history);
  history?.close();
  if (other !== null) err(`WARNING: ${other.message} ${other.hint}\n`);
  const loss = failure && withoutHistory(failure, 'Whether this is the store that backups went to is not known.');
  if (loss !== null) err(`${loss}\n`);
  const store = await openStore(settings.store);
  try {
    const { databases, zone } = settings;
    const options = { databases, asked: choices.database, zone, now: () => store.now(clock), signal };
    const chosen = await chooseBackup(wish, store, options);
    await work(backupSource(chosen, { store, identity, clock, zone }), chosen, settings);
    if (choices.dryRun && identity === null && chosen.key.endsWith('.age')) throw keyMissing(chosen.key);
  } finally {
    store.close();
  }
}

async function locked<T>(
  { path }: Database,
  { settings, log, signal, clock }: RestoreTools,
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

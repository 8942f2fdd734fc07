import { existsSync } from 'node:fs';
import path from 'node:path';
import { layoutBelow } from '../../archives/backup-kinds.ts';
import { readIdentity } from '../../archives/format/age-identity.ts';
import { stateFolder } from '../../archives/state/state-names.ts';
import { readStates } from '../../archives/state/stored-states.ts';
import { type Clock, fileStamp } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { RestoreSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open.ts';
import type { Checkpoint } from '../files/checkpoint.ts';
import { makeStateFolder } from '../files/state-folder.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { confirmState, type Prompt, requirePrompt } from '../plan/prompts.ts';
import type { ServiceManager } from '../services/service-manager.ts';
import { chooseState } from './choose-state.ts';
import { currentState } from './current-state.ts';
import { putState, stageState, unfinishedPut } from './put-state.ts';
import { readState, type StateToRestore } from './read-state.ts';
import { requireStateUnused } from './state-in-use.ts';
import { reportText, statePlanText } from './state-plan.ts';

export type RestoreStateDeps = {
  readonly services: ServiceManager;
  readonly prompt: Prompt;
  readonly out: (text: string) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly checkpoint: Checkpoint;
};

type StateRequest = {
  /** Null: the newest. */
  readonly name: string | null;
  /** Whether it may take the place of a state that remembers something. */
  readonly replace: boolean;
};

/**
 * Brings back what STATE_DIR of the earlier host held, all of it or nothing; what an interrupted one began is finished first. Throws a
 * Failure: then STATE_DIR is as it was, or the next such command finishes it.
 */
export async function restoreState(
  { name, replace }: StateRequest,
  settings: RestoreSettings,
  options: RestoreOptions,
  deps: RestoreStateDeps,
): Promise<void> {
  const { stateDir, zone } = settings;
  const { clock, out, prompt } = deps;
  if (!options.dryRun) requirePrompt(options.yes, prompt);
  const gaps = await requireStateUnused(stateDir, options, deps);
  if (await finishInterrupted(stateDir, options.dryRun, deps)) return;
  const { state, store } = await download(name, settings, options, deps);
  const remembered = currentState(stateDir);
  const keptIn = path.join(
    stateDir,
    `state-before-${fileStamp(clock.now().toZonedDateTimeISO(zone).toPlainDateTime())}`,
  );
  const replaced = state.files.some((file) => existsSync(path.join(stateDir, file.name)));
  const databases = settings.databases.map((database) => database.name);
  const here = { now: clock.now(), zone, store, stateDir, databases, keptIn: replaced ? keptIn : null };
  out(statePlanText(state, here));
  for (const gap of gaps) out(`  NOTE: ${gap}.\n`);
  if (remembered.length > 0 && !replace) throw notEmpty(stateDir, remembered);
  if (options.dryRun) return out('Nothing was done (--dry-run).\n');
  await confirmState(options.yes, prompt);
  makeStateFolder(stateDir, deps.log);
  await stageState(
    stateDir,
    state.files,
    { key: state.key, takenAt: state.takenAt.toString(), keptIn },
    deps.checkpoint,
  );
  await putState(stateDir, clock.now(), deps.checkpoint);
  out(`Restored the state ${state.key} into ${stateDir}.\n${reportText(state.files, stateDir)}`);
  out('  Next: `nightshift restore latest` for the database, then start the services.\n');
}

async function download(
  name: string | null,
  settings: RestoreSettings,
  { identityFile: given }: Pick<RestoreOptions, 'identityFile'>,
  { clock, signal }: RestoreStateDeps,
): Promise<{ readonly state: StateToRestore; readonly store: string }> {
  const identityFile = given ?? settings.ageIdentityFile;
  const identity = identityFile === null ? null : await readIdentity(identityFile);
  const store = await openStore(settings.store);
  try {
    const { zone } = settings;
    const folder = stateFolder(layoutBelow(settings.prefix));
    const states = await readStates(store, folder, folder.prefix, { zone, now: () => store.now(clock), signal });
    const databases = settings.databases.map((database) => database.name);
    const chosen = chooseState(states, { name, databases, zone }, { store: store.name, folder: folder.prefix });
    return { state: await readState(store, chosen, identity, signal), store: store.name };
  } finally {
    store.close();
  }
}

/** Whether there was an interrupted one, which is in place now. */
async function finishInterrupted(stateDir: string, dryRun: boolean, { clock, out, checkpoint }: RestoreStateDeps) {
  const unfinished = unfinishedPut(stateDir);
  if (unfinished === null) return false;
  if (dryRun) {
    out(`A restore of the state ${unfinished.key} was interrupted. Without --dry-run it is finished first.\n`);
    return true;
  }
  await putState(stateDir, clock.now(), checkpoint);
  out(`Finished what was interrupted: the state ${unfinished.key} is in place in ${stateDir}.\n`);
  return true;
}

function notEmpty(stateDir: string, remembered: readonly string[]): Failure {
  return new Failure(
    'STATE_NOT_EMPTY',
    `${stateDir} has a state already: ${remembered.join(', ')}.`,
    'On a new host this is not so. To put it aside and bring back the other all the same, add --replace-state. Nothing was changed.',
  );
}

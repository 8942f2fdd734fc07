import { Command } from 'commander';
import { updateDetails } from '../../archives/backup-details.ts';
import { layoutBelow, periodKindNames } from '../../archives/backup-kinds.ts';
import { inventoryOf, type StoredDaily } from '../../archives/inventory.ts';
import { keyOf, parseDailyKey } from '../../archives/names.ts';
import { acceptStore } from '../../archives/store-identity.ts';
import { openHistory } from '../../monitoring/history/open-history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { makeMissingFolder } from '../../runtime/missing-folder.ts';
import { type BackupSettings, readBackupSettings } from '../../settings/settings.ts';
import { requireStaging } from '../../sqlite/snapshot/disk-space.ts';
import { openStore } from '../../store/open.ts';
import type { ObjectStore } from '../../store/store.ts';
import { type Acceptance, acceptSuspect } from '../suspects/accept.ts';
import { acceptReplacedHost } from './accept-replaced-host.ts';

type AcceptCliOptions = { newStore?: boolean | undefined; replacedHost?: boolean | undefined };

export function acceptCommand(context: CliContext): Command {
  return new Command('accept')
    .description(
      'accept a suspect backup, another folder in place of the store, or the backups of a host that this one replaced',
    )
    .argument('[key]', 'the backup, as the alert and `nightshift list` print it; prune and weekly copies continue')
    .option('--new-store', 'the folder of BACKUP_STORE is the store from now on, though backups went elsewhere before')
    .option('--replaced-host', 'this host took the place of those whose backups lie among its own (STORE_SHARED)')
    .addHelpText(
      'after',
      `
A backup is suspect when a table lost all its rows or the database is under half its size: a disk that is not mounted
looks like that. Look at it first, for example with: nightshift restore KEY daily --to /tmp/look.db
Older suspects of the same reason are accepted along. It is recorded beside the backups, so that it outlives this host.
Tables that come and go: BACKUP_SUSPECT_IGNORE.
Each STATE_DIR has an id, which its backups carry. Where another's lie among them, nothing is pruned until you say that the
other host is gone (--replaced-host; also when STATE_DIR was lost), or give each host a BACKUP_PREFIX of its own.`,
    )
    .action(async (name: string | undefined, { newStore, replacedHost }: AcceptCliOptions) => {
      const settings = readBackupSettings(context.environment);
      requireOneChoice(name, { newStore, replacedHost });
      if (newStore === true) return acceptNewStore(settings, context);
      const store = await openStore(settings.store);
      try {
        if (name === undefined) return context.out(await acceptReplacedHost(store, settings, context));
        const { daily, kinds } = layoutBelow(settings.prefix);
        context.out(await accept(keyOf(name, daily, kinds), store, settings, context));
      } finally {
        store.close();
      }
    });
}

/** Accepts a suspect and returns the text to print. */
async function accept(key: string, store: ObjectStore, settings: BackupSettings, context: CliContext): Promise<string> {
  const { clock, signal, err } = context;
  const layout = layoutBelow(settings.prefix);
  const database = parseDailyKey(layout.daily, key)?.database;
  const options = { zone: settings.zone, now: () => store.now(clock), layout, signal };
  const inventory = database === undefined ? null : await inventoryOf(store, database, options);
  const named = inventory?.dailies.find((one) => one.key === key);
  if (database === undefined || inventory === null || named === undefined) {
    throw new Failure(
      'OBJECT_MISSING',
      `There is no daily backup ${key} in ${store.name}.`,
      'See `nightshift list daily`.',
    );
  }
  if (named.suspectStatus !== 'open') {
    recordInHistory(settings, [named], named.suspectStatus, context);
    return notOpen(named);
  }
  await requireStaging(settings.stagingDir, { warn: (text) => err(`${text}\n`) });
  const acceptance = acceptSuspect(inventory, key);
  for (const accepted of acceptance.accepted) {
    await updateDetails(store, accepted, { acceptedAt: clock.now() }, { folder: settings.stagingDir, signal });
  }
  recordInHistory(settings, acceptance.accepted, 'accepted', context);
  return acceptedText(acceptance, periodKindNames(layout.kinds, settings.retention));
}

function notOpen({ key, suspectStatus, facts }: StoredDaily): string {
  if (suspectStatus === 'accepted') return `${key} was accepted before (${facts?.suspect}); nothing to do.\n`;
  if (suspectStatus === 'disproved') {
    return `${key} was suspect (${facts?.suspect}), and a later backup has the rows again; nothing to accept.\n`;
  }
  return `${key} is not suspect; nothing to accept.\n`;
}

function acceptedText({ accepted, stillOpen }: Acceptance, periodKinds: string): string {
  const lines = accepted.map(({ key, facts }) => `Accepted ${key} (${facts?.suspect}).`);
  if (stillOpen.length === 0)
    return `${[...lines, `The next backup prunes and makes ${periodKinds} copies again.`].join('\n')}\n`;
  const open = stillOpen.map(({ key, facts }) => `  nightshift accept ${key}   # ${facts?.suspect}`);
  return `${[...lines, 'Still open, so the next backup does not prune yet:', ...open].join('\n')}\n`;
}

/** So that `status` knows it before the next run reads it from the store. */
function recordInHistory(
  { stateDir }: BackupSettings,
  dailies: readonly StoredDaily[],
  suspectStatus: Exclude<StoredDaily['suspectStatus'], 'open'>,
  { clock, err }: CliContext,
): void {
  if (suspectStatus === null) return;
  try {
    makeMissingFolder(stateDir, 'STATE_DIR', { line: (text) => err(`${text}\n`) });
    const history = openHistory(stateDir);
    for (const { key } of dailies) {
      if (suspectStatus === 'accepted') history.recordAcceptance(key, clock.now());
      else history.recordDisproof(key, clock.now());
    }
    history.close();
  } catch (error) {
    err(
      `${asFailure(error).message} It is recorded in the store; \`nightshift status\` knows it after the next backup.\n`,
    );
  }
}

async function acceptNewStore({ store, stateDir }: BackupSettings, context: CliContext): Promise<void> {
  if (store.kind !== 'directory') {
    throw invalid(
      '--new-store is for folders, and BACKUP_STORE is s3.',
      'A bucket is known by its name: nothing to accept.',
    );
  }
  makeMissingFolder(stateDir, 'STATE_DIR', { line: (text) => context.err(`${text}\n`) });
  const history = openHistory(stateDir);
  try {
    await acceptStore(store.folder, { history, clock: context.clock });
  } finally {
    history.close();
  }
  context.out(`Accepted ${store.folder} as the store. The next backup goes there.\n`);
}

function requireOneChoice(name: string | undefined, { newStore, replacedHost }: AcceptCliOptions): void {
  const given = [
    ...(name === undefined ? [] : [name]),
    ...(newStore ? ['--new-store'] : []),
    ...(replacedHost ? ['--replaced-host'] : []),
  ];
  if (given.length === 0)
    throw invalid('Nothing was named to accept.', 'Name a backup, or give --new-store or --replaced-host.');
  if (given.length > 1) throw invalid(`${given.join(' and ')} were given at once.`, 'Accept one after the other.');
}

function invalid(message: string, hint: string): Failure {
  return new Failure('ARGUMENT_INVALID', message, hint);
}

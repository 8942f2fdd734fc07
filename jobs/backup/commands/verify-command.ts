import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { layoutBelow } from '../../archives/backup-kinds.ts';
import { printable } from '../../archives/backup-list.ts';
import { readIdentity } from '../../archives/format/age-identity.ts';
import { factsOf } from '../../archives/metadata.ts';
import { requireSameStore } from '../../archives/store-identity.ts';
import { readBackups, type StoredBackup } from '../../archives/stored-backups.ts';
import { openResilientHistory, type ResilientHistory } from '../../monitoring/history/resilient-history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { makeMissingFolder } from '../../runtime/missing-folder.ts';
import { terminalProgress } from '../../runtime/progress.ts';
import type { Database } from '../../settings/databases.ts';
import { type BackupSettings, readBackupSettings } from '../../settings/settings.ts';
import { requireStaging } from '../../sqlite/snapshot/disk-space.ts';
import { openStore } from '../../store/open.ts';
import { type AskedToVerify, chooseToVerify } from '../verification/choose-to-verify.ts';
import {
  type VerificationDeps,
  type VerificationOutcome,
  verificationFolder,
  verificationText,
  verifyBackup,
} from '../verification/verify-backup.ts';

type VerifyCliOptions = { all?: boolean; sample?: number; identity?: string };

export function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description('read stored backups back, restore them into STAGING_DIR, and check their integrity there')
    .argument('[name]', 'a name, date or address as for `nightshift restore`, or latest: the newest of each database')
    .option('--all', 'every one that is listed')
    .option('--sample <n>', 'so many, the least recently verified first', wholeNumber)
    .option('--identity <file>', 'age key file for encrypted backups; else BACKUP_AGE_IDENTITY')
    .addHelpText(
      'after',
      `
Touches no database and no service. What it finds is recorded: \`list\` and \`status\` show it, and one that does not verify stays a
problem until it is verified again or gone. An encrypted one that no key here opens is "checksum only": its stored bytes are
compared, nothing more. The service verifies one old backup a day by itself (BACKUP_VERIFY_MIB). Exit code 1 when one fails.`,
    )
    .action(async (name: string | undefined, options: VerifyCliOptions) => {
      const asked = askedOf(name, options);
      const settings = readBackupSettings(context.environment);
      const log = { line: (text: string) => context.err(`${text}\n`) };
      makeMissingFolder(settings.stateDir, 'STATE_DIR', log);
      makeMissingFolder(settings.stagingDir, 'STAGING_DIR', log);
      const history = openResilientHistory(settings.stateDir, {
        onProblem: ({ code, message }) => context.err(`WARNING ${code}: ${message} What is found is not recorded.\n`),
      });
      try {
        await verify(asked, options, settings, history, context);
      } finally {
        history.close();
      }
    });
}

async function verify(
  asked: AskedToVerify,
  options: VerifyCliOptions,
  settings: BackupSettings,
  history: ResilientHistory,
  context: CliContext,
): Promise<void> {
  const { clock, signal, err } = context;
  const identityFile = options.identity ?? settings.ageIdentityFile;
  const identity = identityFile === null ? null : await readIdentity(identityFile);
  await requireSameStore(settings.store, history);
  await requireStaging(settings.stagingDir, { warn: (text) => err(`${text}\n`) });
  const store = await openStore(settings.store);
  try {
    const layout = layoutBelow(settings.prefix);
    const reading = { zone: settings.zone, now: () => store.now(clock), layout, signal };
    const backups = await readBackups(store, layout.kinds, '', reading);
    const { databases, zone, store: location } = settings;
    const verifications = history.lastVerifications();
    const choice = { databases, zone, layout, location, storeName: store.name, verifications };
    const chosen = chooseToVerify(asked, backups, choice);
    const stagingFolder = verificationFolder(settings.stagingDir, randomUUID());
    const reservedBytes = Math.max(...databases.map(stagingBytes));
    const deps = {
      store,
      history,
      clock,
      identity,
      stagingFolder,
      reservedBytes,
      progress: terminalProgress(),
      signal,
    };
    await verifyEach(chosen, deps, context);
  } finally {
    store.close();
  }
}

/** What a backup that the service makes meanwhile may need in STAGING_DIR: a snapshot and its archive. */
function stagingBytes({ path }: Database): number {
  return 2 * (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}

/** One after the other; a failing one does not stop the others. Throws BACKUP_WRONG that names each that failed. */
async function verifyEach(
  backups: readonly StoredBackup[],
  deps: VerificationDeps,
  { out }: Pick<CliContext, 'out'>,
): Promise<void> {
  const failed: string[] = [];
  for (const backup of backups) {
    const label = printable(backup.key);
    const result =
      backup.problem === null
        ? await verifyListed(backup, deps)
        : ({ kind: 'not verified', failure: backup.problem } as const);
    if (result === null) {
      out(`gone  ${label}: it was removed meanwhile\n`);
      continue;
    }
    if (result.kind === 'good') out(`ok    ${label}: ${verificationText(result)}\n`);
    else {
      out(`FAIL  ${label}: ${result.failure.code}: ${printable(result.failure.message)}\n`);
      failed.push(label);
    }
  }
  if (failed.length === 0) return;
  throw new Failure(
    'BACKUP_WRONG',
    `${failed.length} of ${plural(backups.length, 'backup')} could not be verified: ${failed.join(', ')}.`,
    'See above why. Do not rely on one that is damaged; the bucket may keep an older, whole version of it.',
  );
}

/** As it is stored now: a run may have pruned or replaced it since it was listed. Null: it is gone. */
async function verifyListed(backup: StoredBackup, deps: VerificationDeps): Promise<VerificationOutcome | null> {
  try {
    const head = await deps.store.head(backup.key, deps.signal);
    return head && (await verifyBackup({ ...backup, bytes: head.bytes, facts: factsOf(head.metadata) }, deps));
  } catch (error) {
    deps.signal.throwIfAborted();
    return { kind: 'not verified', failure: asFailure(error) };
  }
}

function askedOf(name: string | undefined, { all, sample }: VerifyCliOptions): AskedToVerify {
  const given = [
    ...(name === undefined ? [] : [name]),
    ...(all ? ['--all'] : []),
    ...(sample === undefined ? [] : ['--sample']),
  ];
  if (given.length === 1) {
    if (name !== undefined) return { kind: 'named', typed: name };
    return sample === undefined ? { kind: 'all' } : { kind: 'sample', count: sample };
  }
  const what = given.length === 0 ? 'Nothing was named to verify.' : `${given.join(' and ')} cannot be combined.`;
  throw new Failure(
    'ARGUMENT_INVALID',
    what,
    'Give one of: a name or a date as for `nightshift restore`, latest, --all, or --sample N.',
  );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1, such as 3.');
  return Number(text);
}

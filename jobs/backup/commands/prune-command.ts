import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { layoutBelow } from '../../archives/backup-kinds.ts';
import { sharedStoreFailure, splitByHost, unknownHostFailure } from '../../archives/instances.ts';
import { inventoryOf, openSuspects } from '../../archives/inventory.ts';
import { requireSameStore } from '../../archives/store-identity.ts';
import { noInstances, type ReadOnlyHistory } from '../../monitoring/history/history.ts';
import { missingHistoryWarning, readHistory } from '../../monitoring/history/open-history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { createLog, failureText } from '../../runtime/log.ts';
import type { Database } from '../../settings/databases.ts';
import { type BackupSettings, readBackupSettings } from '../../settings/settings.ts';
import { acquireLock } from '../../sqlite/lock/lock.ts';
import { wasEverLocked } from '../../sqlite/lock/lock-state.ts';
import { openStore } from '../../store/open.ts';
import type { ObjectStore } from '../../store/store.ts';
import { decisionText, knownDamaged, removeDecided, retentionDecisions } from '../retention/prune.ts';
import type { RetentionDecision } from '../retention/retention.ts';

type PruneOptions = { dryRun?: boolean; json?: boolean };

export function pruneCommand(context: CliContext): Command {
  return new Command('prune')
    .description('remove backups over the retention; every backup run does it as its last step')
    .option('--dry-run', 'print what would be kept and removed, and why; remove nothing')
    .option('--json', 'the same as JSON')
    .addHelpText('after', '\nOnly keys that are exactly a name of this database are ever touched.')
    .action(async (options: PruneOptions) => {
      const settings = readBackupSettings(context.environment);
      const store = await openStore(settings.store);
      const { history, failure } = readHistory(settings.stateDir);
      const loss = failure && missingHistoryWarning(failure, 'Which backup was verified last is not known.');
      if (loss !== null) context.err(`${loss}\n`);
      const pruned: Record<string, RetentionDecision[]> = {};
      try {
        if (history !== null) await requireSameStore(settings.store, history);
        for (const database of settings.databases) {
          const deps = { database, settings, store, history };
          pruned[database.name] = options.dryRun ? await dryRun(deps, context) : await pruneLocked(deps, context);
          if (options.json !== true) printDecisions(pruned[database.name] ?? [], options, context);
        }
        if (options.json === true) context.out(`${JSON.stringify(pruned, null, 2)}\n`);
      } finally {
        store.close();
        history?.close();
      }
    });
}

type PruneDeps = {
  readonly database: Database;
  readonly settings: BackupSettings;
  readonly store: ObjectStore;
  /** Null: there is none, or none that can be read. */
  readonly history: ReadOnlyHistory | null;
};

async function decisionsOf({ database, settings, store, history }: PruneDeps, { clock, signal }: CliContext) {
  const { zone, retention } = settings;
  const options = { zone, now: () => store.now(clock), layout: layoutBelow(settings.prefix), signal };
  const stored = await inventoryOf(store, database.name, options);
  const known = history?.instances() ?? noInstances;
  const { own: inventory, others } = splitByHost(stored, known);
  const lastGood = history?.newestGood(database.name)?.key ?? null;
  return {
    decisions: retentionDecisions(inventory, { retention, lastGood, damaged: knownDamaged(history), zone }),
    suspects: openSuspects(inventory),
    problem: inventory.problem ?? sharedStoreFailure(others, zone) ?? unknownHostFailure(stored.dailies, known),
  };
}

/** What a run would decide; what keeps it from pruning at all is a warning here. */
async function dryRun(deps: PruneDeps, context: CliContext): Promise<RetentionDecision[]> {
  const { decisions, problem } = await decisionsOf(deps, context);
  if (problem !== null) context.err(`WARNING ${failureText(problem)}\n`);
  return decisions;
}

async function pruneLocked(deps: PruneDeps, context: CliContext): Promise<RetentionDecision[]> {
  const { database, settings, store } = deps;
  const { clock, signal } = context;
  const log = createLog(clock, settings.zone, { out: context.err, err: context.err });
  // A database that is not on this host, and never was, has no runs here to exclude.
  const isHere = existsSync(database.path) || (await wasEverLocked(database.path, settings.stateDir));
  const lock = isHere
    ? await acquireLock(database.path, settings.stateDir, { holder: 'backup', wait: true, log, signal })
    : null;
  try {
    const { decisions, suspects, problem } = await decisionsOf(deps, context);
    if (problem !== null) throw problem;
    if (suspects.length > 0) throw suspectsWait(suspects.map(({ key }) => key));
    await removeDecided(store, decisions, signal);
    return decisions;
  } finally {
    lock?.release();
  }
}

function suspectsWait(keys: readonly string[]): Failure {
  return new Failure(
    'SUSPECT_WAITS',
    `Nothing was removed: ${plural(keys.length, 'suspect backup')} of a database that seems to have lost data.`,
    `Look at what happened to the database, then run:\n${keys.map((key) => `nightshift accept ${key}`).join('\n')}`,
  );
}

function printDecisions(decisions: readonly RetentionDecision[], { dryRun }: PruneOptions, context: CliContext): void {
  for (const decision of decisions) context.out(`${decisionText(decision)}\n`);
  const removed = decisions.filter(({ keep }) => !keep).length;
  context.out(`${plural(removed, 'backup')} ${dryRun ? 'would be removed; nothing was' : 'removed'}\n`);
}

import { type BackupKind, periodKindNames, periodKindsOf } from '../../archives/backup-kinds.ts';
import {
  type Inventory,
  openSuspects,
  orphanedDetails,
  type PeriodBackup,
  type StoredDaily,
} from '../../archives/inventory.ts';
import { detailsKey } from '../../archives/names.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { RunStep } from '../steps.ts';
import { makePeriodBackups, type PeriodBackupDeps } from './period-backups.ts';
import { decisionText, knownDamaged, limitOf, removeDecided, retentionDecisions } from './prune.ts';
import { storedByRung } from './stored-by-rung.ts';

type RetentionDeps = PeriodBackupDeps & {
  readonly database: string;
  readonly kinds: readonly BackupKind[];
  /** Key of the backup just made and verified. */
  readonly lastGood: string;
  readonly step: RunStep;
};

/**
 * Backups of longer periods, then prune, once the backup is verified; neither while a suspect backup waits for a person, while a
 * backup cannot be read, or while the clock is in doubt. Returns what went wrong instead of throwing: the backup is
 * safe, and running it again would not help.
 */
export async function runRetention(inventory: Inventory, deps: RetentionDeps): Promise<Failure | null> {
  const { kinds, store, history, retention, lastGood, zone, step, log, signal } = deps;
  const periodKinds = periodKindNames(kinds, retention);
  const suspects = openSuspects(inventory);
  if (suspects.length > 0) {
    log.warn(suspectsText(suspects, periodKinds));
    return null;
  }
  const problem = inventory.problem ?? clockProblem(inventory, periodKinds);
  if (problem !== null) return problem;
  try {
    const periodBackups: PeriodBackup[] = [];
    let failure: Failure | null = null;
    for (const kind of periodKindsOf(kinds)) {
      if (limitOf(kind, retention) === 0) {
        periodBackups.push(...inventory.periodBackups.filter((backup) => backup.kind === kind));
        continue;
      }
      const made = await step(kind.name, () => makePeriodBackups(kind, inventory, deps));
      periodBackups.push(...made.periodBackups);
      failure ??= made.failure;
    }
    const damaged = knownDamaged(history);
    const decisions = retentionDecisions({ ...inventory, periodBackups }, { retention, lastGood, damaged, zone });
    for (const decision of decisions) log.line(decisionText(decision));
    await step('prune', async () => {
      await removeDecided(store, decisions, signal);
      for (const key of orphanedDetails({ ...inventory, periodBackups })) await store.remove(detailsKey(key), signal);
    });
    const removed = new Set(decisions.flatMap(({ key, keep }) => (keep ? [] : [key])));
    const isThere = ({ key }: { readonly key: string }) => !removed.has(key);
    const dailies = inventory.dailies.filter(isThere);
    recordListing({ ...inventory, dailies, periodBackups: periodBackups.filter(isThere) }, deps);
    return failure;
  } catch (error) {
    return signal.aborted ? null : asFailure(error);
  }
}

type ListingDeps = Pick<RetentionDeps, 'kinds' | 'history' | 'retention' | 'zone' | 'clock'> & {
  readonly database: string;
};

/** Remembers how much lies in the store for each rung. */
export function recordListing(
  inventory: Inventory,
  { database, kinds, history, retention, zone, clock }: ListingDeps,
): void {
  const rungs = storedByRung(inventory, { kinds, retention, damaged: knownDamaged(history), zone });
  history.recordListing(database, { at: clock.now(), rungs });
}

/** Backups taken and stored in the future: the clock was ahead then, or is behind now, and days are counted by it. */
function clockProblem({ dailies, periodBackups }: Inventory, periodKinds: string): Failure | null {
  const ahead = [...dailies, ...periodBackups].filter(({ date }) => date.kind === 'ahead');
  const [first] = ahead;
  if (first === undefined) return null;
  return new Failure(
    'STORE_CLOCK_SKEW',
    `${plural(ahead.length, 'backup')} in the store ${ahead.length === 1 ? 'was' : 'were'} taken and stored in the future, as ${first.key}: no ${periodKinds} copy and no prune.`,
    'If the clock of this host is behind, set it (timedatectl set-ntp true). If it is right, it was ahead when these were made: look at them with `nightshift list`, and remove them by hand.',
  );
}

/** What retention waits for, and both ways out: the data is lost, or it is as it should be. */
function suspectsText(suspects: readonly StoredDaily[], periodKinds: string): string {
  const lines = suspects.map(({ key, facts }) => `  ${key}: ${facts?.suspect}`);
  return [
    `no ${periodKinds} copy and no prune until a person has looked at ${plural(suspects.length, 'suspect')}:`,
    ...lines,
    '  If rows are missing: is the disk mounted? Then `nightshift restore latest`, which passes over suspects.',
    '  If all is right: `nightshift accept KEY`.',
  ].join('\n');
}

import { isDamaged, updateDetails } from '../archives/backup-details.ts';
import { damagedKeys, type Inventory, type StoredDaily } from '../archives/inventory.ts';
import type { BackupKind } from '../archives/kinds.ts';
import { databaseInKey } from '../archives/names.ts';
import type { History } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ObjectStore } from '../store/store.ts';

/** `sqlite-backups/daily/… is damaged: it was read back and did not verify`. */
export function damagedMessage(key: string): string {
  return `${key} is damaged: it was read back and did not verify`;
}

type DamageSync = { readonly database: string; readonly history: History; readonly kinds: readonly BackupKind[] };

/** Records in the history what the store says is damaged, as another host found it, and forgets what is gone. */
export function readDamage({ dailies, copies }: Inventory, { database, history, kinds }: DamageSync): void {
  const known = history.verifications();
  for (const { key, details } of dailies) {
    const damagedAt = details?.damagedAt ?? null;
    if (damagedAt !== null && known.get(key) !== 'damaged') history.recordVerification(key, 'damaged', damagedAt);
  }
  const there = new Set([...dailies, ...copies].map(({ key }) => key));
  for (const [key, verification] of known) {
    const isGone = verification === 'damaged' && databaseInKey(key, kinds) === database && !there.has(key);
    if (isGone) history.forgetKey(key);
  }
}

type RecordDamageDeps = {
  readonly store: ObjectStore;
  readonly history: Pick<History, 'verifications'>;
  readonly clock: Clock;
  readonly stagingFolder: string;
  readonly signal: AbortSignal;
};

/** Keeps beside each damaged daily that it is, where only the history has it. Throws STORE_ failures. */
export async function recordDamage(inventory: Inventory, deps: RecordDamageDeps): Promise<Inventory> {
  const { store, history, clock, stagingFolder: folder, signal } = deps;
  const damaged = damagedKeys(inventory, history.verifications());
  const dailies: StoredDaily[] = [];
  for (const daily of inventory.dailies) {
    const isRecorded = !damaged.has(daily.key) || isDamaged(daily.details);
    const details = isRecorded
      ? daily.details
      : await updateDetails(store, daily, { damagedAt: clock.now() }, { folder, signal });
    dailies.push({ ...daily, details });
  }
  return { ...inventory, dailies };
}

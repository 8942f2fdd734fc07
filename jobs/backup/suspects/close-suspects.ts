import { mayExist } from '../../store/missing.ts';
import type { BackupDeps } from '../backup.ts';

/**
 * After a good backup: suspects that it disproves are no longer open, nor suspects and damaged backups that are gone from the
 * store. What cannot be looked up stays open.
 */
export async function closeSuspects(
  database: string,
  disproved: readonly string[],
  { store, history, clock, signal, settings }: Pick<BackupDeps, 'store' | 'history' | 'clock' | 'signal' | 'settings'>,
): Promise<void> {
  for (const key of disproved) history.recordDisproof(key, clock.now());
  const others = history.damagedOfOthers(settings.databases.map(({ name }) => name));
  for (const { key } of [...history.openSuspects(database), ...history.damagedBackups(database), ...others]) {
    if (!(await mayExist(store, key, signal))) history.forgetKey(key);
  }
}

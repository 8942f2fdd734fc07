import { mayBeThere } from '../../store/missing.ts';
import type { BackupTools } from '../backup.ts';

/**
 * After a good backup: suspects that it disproves are no longer open, nor those that somebody removed from the store. What
 * cannot be looked up stays open.
 */
export async function settleSuspects(
  database: string,
  disproved: readonly string[],
  { store, history, clock, signal }: Pick<BackupTools, 'store' | 'history' | 'clock' | 'signal'>,
): Promise<void> {
  for (const key of disproved) history.disprove(key, clock.now());
  for (const { key } of history.openSuspects(database)) {
    if (!(await mayBeThere(store, key, signal))) history.forgetKey(key);
  }
}

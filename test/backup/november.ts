import type { BackupResult } from '../../jobs/backup/backup.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import type { Scene } from './scene.ts';

/** Backs up at 02:00 of a day in November 2025. */
export async function backUpOn(scene: Scene, day: number): Promise<BackupResult> {
  scene.setClock(`2025-11-${day}T02:00:00`);
  return runBackup(scene.database, scene.deps());
}

/** The key of that backup. */
export const daily = (day: number) => `sqlite-backups/daily/shop_2025-11-${day}_020000.db.gz`;

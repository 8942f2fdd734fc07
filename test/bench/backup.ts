import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { figure, type Measured, measure } from './measure.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'dist', 'sqlite-backup', 'nightshift.mjs');

/** The shell's night, its steps one after another as the old script had them. */
const shell = `set -e; cd "$1"; sqlite3 "$2" ".backup shell.db"
test "$(sqlite3 shell.db 'PRAGMA integrity_check')" = ok; gzip -9 -f shell.db`;

/**
 * A whole night to a directory store beside the shell pipeline (`sqlite3 .backup`, `integrity_check`, `gzip -9`), on one
 * business database: wall time, ratio, peak memory of the largest process, archive size.
 */
export async function benchBackup(database: string, folder: string): Promise<void> {
  const mib = (statSync(database).size / 2 ** 20).toFixed(0);
  console.log(`\nbackup of ${mib} MiB, wall, ratio to the shell, peak memory of one process, archive`);
  const base = await measure('sh', ['-c', shell, 'sh', folder, database]);
  const shellBytes = statSync(path.join(folder, 'shell.db.gz')).size;
  tell('shell, gzip -9', base, base, shellBytes, shellBytes);
  for (const [name, settings] of [
    ['nightshift, gzip 9', { BACKUP_COMPRESSION: 'gzip' }],
    ['nightshift, zstd 9', { BACKUP_COMPRESSION: 'zstd' }],
    ['nightshift, zstd 3', { BACKUP_COMPRESSION: 'zstd', BACKUP_ZSTD_LEVEL: '3' }],
  ] as const) {
    const place = path.join(folder, 'night');
    rmSync(place, { recursive: true, force: true });
    for (const part of ['store', 'state', 'staging']) mkdirSync(path.join(place, part), { recursive: true });
    const env = {
      ...process.env,
      DATABASE_PATH: database,
      BACKUP_STORE: pathToFileURL(path.join(place, 'store')).href,
      STATE_DIR: path.join(place, 'state'),
      STAGING_DIR: path.join(place, 'staging'),
      ...settings,
    };
    const measured = await measure(process.execPath, [program, 'backup'], { env });
    const daily = path.join(place, 'store', 'sqlite-backups', 'daily');
    const archive = readdirSync(daily).find((file) => !file.startsWith('.')) ?? '';
    tell(name, measured, base, statSync(path.join(daily, archive)).size, shellBytes);
  }
}

function tell(name: string, measured: Measured, base: Measured, bytes: number, shellBytes: number): void {
  const size = `${(bytes / 2 ** 20).toFixed(1)} MiB (${((bytes / shellBytes - 1) * 100).toFixed(2)} %)`;
  console.log(`  ${name.padEnd(20)} ${figure(measured, base)}  ${size}`);
}

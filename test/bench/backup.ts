import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import { sellForABusinessDay } from '../lab/business-database.ts';
import { figure, type Measured, measure } from './measure.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'dist', 'sqlite-backup', 'nightshift.mjs');

/** The shell's night, its steps one after another as the old script had them. */
const shell = `set -e; cd "$1"; sqlite3 "$2" ".backup shell.db"
test "$(sqlite3 shell.db 'PRAGMA integrity_check')" = ok; gzip -9 -f shell.db`;

/** Nights on one database, one after the other: what happened since the night before. */
const nights: readonly (readonly [string, (database: string) => void])[] = [
  ['first night', () => {}],
  ['nothing changed', () => {}],
  ['after 300 orders', (database) => sellForABusinessDay(database, 300)],
  ['after 3,000 orders', (database) => sellForABusinessDay(database, 3000)],
  ['after VACUUM', (database) => new Sqlite(database).exec('VACUUM').close()],
];

/**
 * Whole nights to a directory store beside the shell pipeline (`sqlite3 .backup`, `integrity_check`, `gzip -9`), on one
 * business database: wall time, ratio, peak memory of the largest process, archive size, disk of the staging folder at its
 * most and afterwards.
 */
export async function benchBackup(database: string, folder: string): Promise<void> {
  const mib = (statSync(database).size / 2 ** 20).toFixed(0);
  console.log(
    `\nbackup of ${mib} MiB, wall, ratio to the shell, peak memory of one process, archive; staging at most, and after`,
  );
  const base = await measure('sh', ['-c', shell, 'sh', folder, database]);
  const shellBytes = statSync(path.join(folder, 'shell.db.gz')).size;
  rmSync(path.join(folder, 'shell.db.gz'));
  tell('shell, gzip -9', base, base, shellBytes, shellBytes);
  const live = path.join(folder, 'live.db');
  copyFileSync(database, live);
  const gzip = placeFor(live, folder, { BACKUP_COMPRESSION: 'gzip' });
  for (const [name, happen] of nights) {
    happen(live);
    await benchNight(`gzip 9, ${name}`, gzip, base, shellBytes);
  }
  await benchNight(
    'gzip 9, the same, afresh',
    placeFor(live, folder, { BACKUP_COMPRESSION: 'gzip' }),
    base,
    shellBytes,
  );
  for (const level of ['9', '3']) {
    const settings = { BACKUP_COMPRESSION: 'zstd', BACKUP_ZSTD_LEVEL: level };
    await benchNight(`zstd ${level}`, placeFor(database, folder, settings), base, shellBytes);
  }
  rmSync(live);
}

type BenchPlace = { readonly folder: string; readonly env: NodeJS.ProcessEnv };

/** Empty folders for backups of one database. */
function placeFor(database: string, folder: string, settings: Readonly<Record<string, string>>): BenchPlace {
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
  return { folder: place, env };
}

async function benchNight(name: string, { folder, env }: BenchPlace, base: Measured, shellBytes: number) {
  const staging = path.join(folder, 'staging');
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, bytesIn(staging));
  }, 100);
  const measured = await measure(process.execPath, [program, 'backup'], { env }).finally(() => clearInterval(timer));
  const daily = path.join(folder, 'store', 'sqlite-backups', 'daily');
  const archives = readdirSync(daily).filter((file) => !file.startsWith('.'));
  const bytes = statSync(path.join(daily, archives.toSorted().at(-1) ?? '')).size;
  tell(name, measured, base, bytes, shellBytes, `; ${inMib(most)}, ${inMib(bytesIn(staging))}`);
}

/** Of all files below `folder`, also while a run removes some of them. */
function bytesIn(folder: string): number {
  let sum = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const found = statSync(path.join(folder, name), { throwIfNoEntry: false });
    if (found?.isFile()) sum += found.size;
  }
  return sum;
}

function tell(name: string, measured: Measured, base: Measured, bytes: number, shellBytes: number, disk = ''): void {
  const size = `${inMib(bytes)} (${((bytes / shellBytes - 1) * 100).toFixed(2)} %)`;
  console.log(`  ${name.padEnd(26)} ${figure(measured, base)}  ${size}${disk}`);
}

function inMib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

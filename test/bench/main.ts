import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeBusinessDatabase } from '../lab/business-database.ts';
import { benchBackup } from './backup.ts';
import { benchIdle } from './idle.ts';
import { benchProfile } from './profile.ts';
import { benchRestore } from './restore.ts';
import { benchSite } from './site.ts';
import { benchSummary } from './summary.ts';
import { benchWriter } from './writer.ts';

// `npm run bench [PART ...] [SIZE_MIB ...]`: figures side by side in one run; all parts and three sizes unless named. Needs
// sqlite3 and gzip.
const root = path.resolve(import.meta.dirname, '..', '..');
const perDatabase = { backup: benchBackup, summary: benchSummary, writer: benchWriter, restore: benchRestore };
const once = { idle: benchIdle, profile: benchProfile, site: benchSite };
const words = process.argv.slice(2);
const sizes = words.filter((word) => /^\d+$/.test(word)).map(Number);
const parts = words.filter((word) => !/^\d+$/.test(word));
const known = [...Object.keys(perDatabase), ...Object.keys(once)];
const strange = parts.filter((part) => !known.includes(part));
const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-bench-'));

const wanted = (part: string) => parts.length === 0 || parts.includes(part);

if (strange.length > 0) throw new Error(`no part is called ${strange.join(', ')}; there are ${known.join(', ')}`);
execFileSync(process.execPath, [path.join(root, 'jobs', 'build.ts')]);
try {
  const databaseParts = Object.entries(perDatabase).filter(([part]) => wanted(part));
  for (const size of databaseParts.length === 0 ? [] : sizes.length > 0 ? sizes : [50, 256, 1024]) {
    const database = path.join(folder, 'business.db');
    rmSync(database, { force: true });
    makeBusinessDatabase(database, size);
    const work = path.join(folder, 'work');
    mkdirSync(work);
    for (const [, bench] of databaseParts) await bench(database, work);
    rmSync(work, { recursive: true });
  }
  for (const [, bench] of Object.entries(once).filter(([part]) => wanted(part))) await bench(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

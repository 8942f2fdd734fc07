import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { benchBackup } from './backup.ts';
import { benchIdle } from './idle.ts';
import { benchRestore } from './restore.ts';
import { benchSite } from './site.ts';
import { benchSummary } from './summary.ts';
import { benchWriter } from './writer.ts';

// `npm run bench [SIZE_MIB ...]`: figures side by side in one run. Needs sqlite3, gzip and python3 (which makes the databases).
const root = path.resolve(import.meta.dirname, '..', '..');
const maker = process.env['LAB_MKDB'] ?? path.resolve(root, '..', 'shared', 'lab', 'mkdb.py');
const sizes = process.argv.slice(2).map(Number);
const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-bench-'));

if (!existsSync(maker)) throw new Error(`${maker} makes the databases and is not there; LAB_MKDB may name it`);
execFileSync(process.execPath, [path.join(root, 'jobs', 'build.ts')]);
try {
  for (const size of sizes.length > 0 ? sizes : [50, 256, 1024]) {
    const database = path.join(folder, 'business.db');
    rmSync(database, { force: true });
    execFileSync('python3', [maker, database, String(size)]);
    const work = path.join(folder, 'work');
    mkdirSync(work);
    await benchBackup(database, work);
    await benchSummary(database, work);
    await benchWriter(database, work);
    await benchRestore(database, work);
    rmSync(work, { recursive: true });
  }
  await benchIdle(folder);
  await benchSite();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

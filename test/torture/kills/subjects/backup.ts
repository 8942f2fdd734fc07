import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { nightshift, startNightshift } from '../../../nightshift.ts';
import { makeBucket } from '../../../store/buckets.ts';
import type { KillSubject } from '../kills.ts';

export const backupKills: KillSubject = {
  name: 'backup to S3',
  promise: 'every listed backup verifies, no earlier one is lost, and the next backup works',
  kills: 40,
  async prepare() {
    const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
    for (const name of ['state', 'staging']) mkdirSync(path.join(folder, name));
    const { location, remove, unfinished } = await makeBucket();
    const environment = {
      DATABASE_PATH: path.join(folder, 'shop.db'),
      STATE_DIR: path.join(folder, 'state'),
      STAGING_DIR: path.join(folder, 'staging'),
      BACKUP_STORE: 's3',
      BACKUP_RETENTION_DAILY: '3',
      LINODE_ENDPOINT: location.endpoint,
      LINODE_REGION: location.region,
      LINODE_BUCKET: location.bucket,
      LINODE_ACCESS_KEY: location.accessKey,
      LINODE_SECRET_KEY: location.secretKey,
    };
    const sql = (statements: string) => new Sqlite(environment.DATABASE_PATH).exec(statements).close();
    sql('PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY, note BLOB)');
    const succeed = async (...args: string[]) => {
      const { code, out, err } = await nightshift(args, environment);
      if (code !== 0) throw new Error(`nightshift ${args.join(' ')}: ${out}${err}`);
      return out;
    };
    const count = async (): Promise<number> => JSON.parse(await succeed('list', '--json')).length;
    let before = 0;
    return {
      async start() {
        sql('INSERT INTO orders (note) VALUES (randomblob(300000))');
        before = await count();
        return startNightshift(['backup'], environment);
      },
      async check() {
        try {
          const lost = before - (await count());
          await succeed('verify', '--all');
          await succeed('backup');
          const parts = await unfinished();
          return [
            ...(lost > 0 ? [`${lost} earlier backups are lost`] : []),
            ...(parts.length > 0 ? [`uploads are left unfinished: ${parts.join()}`] : []),
          ];
        } catch (error) {
          return [String(error)];
        }
      },
      async close() {
        await remove();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

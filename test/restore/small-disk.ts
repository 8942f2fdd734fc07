import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { smallDisk } from '../small-disk.ts';
import type { FakeServices } from './fake-engine.ts';
import { fakeEngineOrNone } from './run-action.ts';
import type { TestDatabases } from './test-databases.ts';

/** The shop of `databases`, with services that use it, on a small disk of its own. */
export function shopOnSmallDisk(
  t: TestContext,
  databases: TestDatabases,
  kind: 'tmpfs' | 'ext4',
  services: FakeServices,
) {
  const disk = smallDisk(t, kind, 64);
  databases.reset();
  const database = path.join(disk.folder, 'shop.db');
  for (const part of ['', '-wal']) cpSync(databases.database + part, database + part);
  const serviceFile = path.join(databases.folder, 'services.json');
  writeFileSync(serviceFile, JSON.stringify(services));
  const environment = { ...databases.environment, DATABASE_PATH: database };
  return { disk, database, serviceFile, environment, engine: fakeEngineOrNone(serviceFile, database) };
}

/** Names of what a restore has left on the disk of a database. */
export function leftBeside(database: string): string[] {
  return readdirSync(path.dirname(database)).filter((name) => name.includes('.restore-'));
}

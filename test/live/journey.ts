import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import Sqlite from 'better-sqlite3';
import { must, run } from './commands.ts';
import { liveConfig } from './config.ts';
import { removeLeftovers } from './leftovers.ts';

export type Live = {
  readonly name: string;
  readonly region: string;
  readonly keyFile: string;
  readonly publicKey: string;
  /** Holds the stack's state for as long as the run lasts; kept when the removal fails. */
  readonly folder: string;
  readonly token: string;
};

const checkout = path.resolve(import.meta.dirname, '..', '..');

/** From nothing to a verified backup and a restore, and back to nothing. What it made is removed also when a step fails. */
export async function liveJourney(live: Live): Promise<void> {
  const { pulumi, onHost, copyToHost } = toolsOf(live);
  await pulumi('stack', 'init', live.name);
  try {
    for (const [key, value] of Object.entries(liveConfig(live.name, live.region, live.keyFile, live.publicKey)))
      await pulumi('config', 'set', `nightshift:${key}`, value);
    await upFindsNoDatabase(live);
    await copyToHost(makeShop(live.folder), '/mnt/live/data/shop.db');
    await onHost('chown 1000:1000 /mnt/live/data/shop.db');
    await pulumi('up', '--yes', '--skip-preview');
    assert.match(await onHost('nightshift status'), /^shop: ok/m);
    const [backup = ''] = /shop_\S+\.db\.gz/.exec(await onHost('nightshift list')) ?? [];
    await onHost(`nightshift restore ${backup} daily --yes`);
    await pulumi('preview', '--expect-no-changes');
    // Each refresh reads bucket, keys and containers back: what the providers say must be what was set.
    await pulumi('refresh', '--yes', '--expect-no-changes');
    await pulumi('config', 'set', 'nightshift:memoryMiB', '2048');
    await pulumi('up', '--yes', '--skip-preview');
    await onHost('docker stop backend-dailysummary');
    await pulumi('up', '--yes', '--skip-preview', '--refresh');
    assert.match(await onHost('docker ps'), /backend-dailysummary/);
    await pulumi('preview', '--expect-no-changes');
    await pulumi('config', 'set', 'nightshift:backupHour', '3');
    await pulumi('up', '--yes', '--skip-preview');
    await pulumi('preview', '--expect-no-changes');
    console.log('\nThe live journey passed.');
  } finally {
    await remove(live);
  }
}

/** The first `up` makes host, disk and bucket, and stops at the candidate: there is no database to back up yet. */
async function upFindsNoDatabase(live: Live): Promise<void> {
  const { code, out } = await run('pulumi', ['up', '--yes', '--skip-preview'], optionsOf(live));
  assert.notEqual(code, 0);
  assert.match(out, /DATABASE_MISSING/);
}

async function remove(live: Live): Promise<void> {
  const { pulumi } = toolsOf(live);
  console.log(
    `\nRemoving everything. If this fails, remove what is called ${live.name} at cloud.linode.com; state: ${live.folder}`,
  );
  await pulumi('state', 'unprotect', '--all', '--yes');
  await pulumi('destroy', '--yes', '--skip-preview');
  await removeLeftovers(live.name, live.region, live.token);
  await pulumi('stack', 'rm', live.name, '--yes', '--force');
}

function toolsOf(live: Live) {
  const options = optionsOf(live);
  const pulumi = (...args: string[]) => must('pulumi', ['--non-interactive', ...args], options);
  const ssh = ['-i', live.keyFile, '-o', 'StrictHostKeyChecking=accept-new'];
  const address = async () => String(JSON.parse(await pulumi('stack', 'output', 'hosts', '--json')).host);
  return {
    pulumi,
    onHost: async (command: string) => must('ssh', [...ssh, `root@${await address()}`, command], options),
    copyToHost: async (from: string, to: string) =>
      must('scp', [...ssh, from, `root@${await address()}:${to}`], options),
  };
}

function optionsOf({ folder }: Live) {
  const state = path.join(folder, 'state');
  mkdirSync(state, { recursive: true });
  const own = { PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: 'a throwaway stack' };
  return { cwd: checkout, env: { ...process.env, ...own } };
}

function makeShop(folder: string): string {
  const file = path.join(folder, 'shop.db');
  const db = new Sqlite(file);
  db.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL)');
  db.exec(
    'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000) INSERT INTO orders SELECT x, x FROM n',
  );
  db.close();
  return file;
}

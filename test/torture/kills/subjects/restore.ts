import { readdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { startNightshift } from '../../../nightshift.ts';
import { makeDockerScene, stateOf } from '../../../restore/docker-scene.ts';
import { endingsOf } from '../../endings.ts';
import type { KillSubject } from '../kills.ts';

export const restoreKills: KillSubject = {
  name: 'restore with two services that write',
  promise: 'one more restore leaves one complete database, and both services running as before',
  kills: 100,
  async prepare() {
    const endings = endingsOf();
    const scene = await makeDockerScene(endings);
    const services = [
      await scene.service('mcpserver', { with: ['--restart', 'unless-stopped'] }),
      await scene.service('vectorindexing', { with: ['--restart', 'on-failure:4'] }),
    ];
    const before = (await Promise.all(services.map(stateOf))).map(({ state }) => state);
    const database = scene.environment['DATABASE_PATH'] ?? '';
    const sql = <T>(work: (connection: Sqlite.Database) => T): T => {
      const connection = new Sqlite(database, { timeout: 10_000 });
      try {
        return work(connection);
      } finally {
        connection.close();
      }
    };
    return {
      async start() {
        sql((connection) => connection.exec("UPDATE era SET name = 'current'"));
        return startNightshift(['restore', 'latest', '--yes'], scene.environment);
      },
      async check() {
        const { out, err } = await scene.restore(['--yes']);
        const integrity = sql((connection) => connection.pragma('integrity_check', { simple: true }));
        const found = {
          integrity,
          isKnownEra: ['backup', 'current'].includes(scene.era()),
          services: (await Promise.all(services.map(stateOf))).map(({ state }) => state),
          unfinished: readdirSync(path.dirname(database)).filter((name) => name.includes('.restore-')),
        };
        const expected = { integrity: 'ok', isKnownEra: true, services: before, unfinished: [] };
        return JSON.stringify(found) === JSON.stringify(expected) ? [] : [`${JSON.stringify(found)}\n${out}${err}`];
      },
      close: endings.run,
    };
  },
};

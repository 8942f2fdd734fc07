import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readDeployment } from '../../infra/config.ts';
import { servicesOf } from '../../infra/service-specs.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { readEnvironment } from '../../jobs/settings/environment.ts';
import type { SettingProblem } from '../../jobs/settings/problem.ts';
import { pulumiConfigSection } from '../../jobs/settings/pulumi-yaml.ts';
import { readmeTables } from '../../jobs/settings/readme-tables.ts';
import { whole } from '../../jobs/settings/rules.ts';
import { setting } from '../../jobs/settings/setting.ts';
import { sections, table } from '../../jobs/settings/table.ts';
import { sourceOf } from '../infra/unit/declared-resources.ts';

/** One row and nothing else: what a new setting costs beside its use. */
const newDays = setting({
  environment: 'BACKUP_NEW_DAYS',
  stack: 'backupNewDays',
  rule: whole(0, 3650),
  default: '7',
  readBy: ['backup'],
  meaning: 'days of something new; see `BACKUP_RETENTION_DAILY`',
});
const rows = [...table, newDays];
const least = {
  sshHost: '192.0.2.7',
  dataFolder: '/srv/data',
  storeFolder: '/srv/backups',
  summaryRecipients: 'a@example.com',
};

function environmentsOf(config: Record<string, string>) {
  const { hosts } = readDeployment(sourceOf({ ...least, ...config }), rows);
  return hosts.map((host) => servicesOf(host, rows).map(({ environment }) => environment['BACKUP_NEW_DAYS'] ?? null));
}

test('one new row is read from the environment, and from the file that NAME_FILE names', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'settings-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'days'), '9\n');
  const problems: SettingProblem[] = [];
  const read = (environment: Environment) => readEnvironment(rows, environment, problems).BACKUP_NEW_DAYS;
  const file = path.join(folder, 'days');
  const environments = [{}, { BACKUP_NEW_DAYS: '30' }, { BACKUP_NEW_DAYS_FILE: file }, { BACKUP_NEW_DAYS: 'x' }];
  assert.deepEqual(
    environments.map((environment) => read(environment)),
    [7, 30, 9, 7],
  );
  assert.deepEqual(problems, [
    {
      name: 'BACKUP_NEW_DAYS',
      found: 'is "x"',
      hint: 'set it to a whole number from 0 to 3,650, or leave it out for 7',
    },
  ]);
});

test('one new row is a key of the stack, held to its rule, and reaches the containers that read it, host by host', () => {
  assert.deepEqual(environmentsOf({}), [['7', null]]);
  assert.deepEqual(environmentsOf({ backupNewDays: '30' }), [['30', null]]);
  const hosts = JSON.stringify([{ name: 'east', backupNewDays: 14 }, { name: 'west' }]);
  assert.deepEqual(environmentsOf({ hosts }), [
    ['14', null],
    ['7', null],
  ]);
  assert.throws(() => environmentsOf({ backupNewDays: '-1' }), {
    code: 'SETTINGS_INVALID',
    hint: 'nightshift:backupNewDays is "-1": set it to a whole number from 0 to 3,650, or leave it out for 7',
  });
  assert.throws(() => environmentsOf({ backupNewDay: '1' }), /not usable/);
});

test('one new row is described in Pulumi.yaml and in the README', () => {
  assert.deepEqual(parse(pulumiConfigSection(rows)).config['nightshift:backupNewDays'], {
    type: 'integer',
    default: 7,
    description: 'days of something new; see backupRetentionDaily',
  });
  const text = readmeTables([...sections, { title: 'New', rows: [newDays] }]);
  assert.match(
    text,
    /^\| `BACKUP_NEW_DAYS` \| `backupNewDays` \| `7` \| days of something new; see `BACKUP_RETENTION_DAILY` \| backup \|$/m,
  );
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { readDeployment } from '../../../infra/config.ts';
import { Failure } from '../../../jobs/runtime/errors.ts';
import { readEnvironment } from '../../../jobs/settings/environment.ts';
import type { SettingProblem } from '../../../jobs/settings/problem.ts';
import { pulumiTypeOf, stackMeaning } from '../../../jobs/settings/pulumi-yaml.ts';
import { stackKeyOf } from '../../../jobs/settings/setting.ts';
import { table } from '../../../jobs/settings/table.ts';
import { sourceOf } from './declared-resources.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const least = {
  sshHost: '192.0.2.7',
  dataFolder: '/srv/data',
  storeFolder: '/srv/backups',
  summaryRecipients: 'owner@example.com',
};

/** The lines of the one error that a config gives. */
function problems(config: Record<string, string>, secrets: Record<string, string> = {}): string[] {
  try {
    readDeployment(sourceOf(config, secrets));
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error.hint.split('\n');
  }
  return [];
}

function yaml(name: string): { config: Record<string, unknown> } {
  return parse(readFileSync(path.join(root, name), 'utf8'));
}

describe('the config of a stack', () => {
  test('the least that is enough', () => {
    assert.deepEqual(readDeployment(sourceOf(least)), {
      bucket: null,
      secrets: [],
      hosts: [
        {
          name: '',
          host: {
            place: { kind: 'address', address: '192.0.2.7' },
            user: 'root',
            port: 22,
            keyFile: null,
            hostKey: null,
            dockerHost: null,
            firewall: false,
            domain: null,
          },
          engine: { kind: 'container' },
          platform: 'linux/amd64',
          disk: null,
          store: { kind: 'folder', folder: '/srv/backups' },
          folders: {
            data: '/srv/data',
            state: '/var/lib/nightshift',
            config: '/etc/nightshift',
            command: '/usr/local/bin',
          },
          replaceContainers: false,
          healthTimeoutSeconds: 600,
          memoryMiB: 1024,
          databases: ['csv_data.db'],
          mail: null,
          summary: {
            report: null,
            url: null,
            front: { kind: 'port', port: 8080 },
          },
          environment: {
            BACKUP_PREFIX: 'sqlite-backups/',
            TIME_ZONE: 'Asia/Kuala_Lumpur',
            BACKUP_SCHEDULE_HOUR: '2',
            BACKUP_COMPRESSION: 'gzip',
            BACKUP_RETENTION_HOURLY: '0',
            BACKUP_RETENTION_DAILY: '20',
            BACKUP_RETENTION_WEEKLY: '0',
            BACKUP_RETENTION_MONTHLY: '0',
            BACKUP_RETENTION_YEARLY: '0',
            BACKUP_VERIFY_MIB: '1024',
            SUMMARY_RECIPIENTS: 'owner@example.com',
            SUMMARY_SCHEDULE_HOUR: '8',
          },
          secretVariables: {},
        },
      ],
    });
  });

  test('an empty one says all that is missing, each with its cure', () => {
    assert.deepEqual(problems({}), [
      'nightshift:sshHost is not set: name the host: sshHost, or hostLabel, or dockerHost for an engine elsewhere',
      'nightshift:bucket is not set: say where backups go: set bucket, or s3Endpoint, or storeFolder',
      'nightshift:dataFolder is not set: the services need it; set it: folder of the databases on the host',
      'nightshift:summaryRecipients is not set but summary is true: set it to who gets the daily summary, or set summaryWebhookUrl, or summary to false',
    ]);
  });

  test('the S3 host name is no region', () => {
    assert.deepEqual(problems({ ...least, storeFolder: '', bucket: 'shop-backups', bucketRegion: 'sg-sin-1' }), [
      'nightshift:bucketRegion is "sg-sin-1", the name of an S3 host: set it to the region as the API calls it: ' +
        'sg-sin-1.linodeobjects.com lies in region sg-sin-2',
    ]);
  });

  test('a name for the mail server that is none', () => {
    const mail = { ...least, smtpHost: 'm.example.com', smtpFrom: 'a@b.example' };
    assert.deepEqual(problems({ ...mail, smtpEhloName: 'vps1.example.com' }), []);
    assert.deepEqual(problems({ ...mail, smtpEhloName: '192.0.2.1' }), [
      'nightshift:smtpEhloName is "192.0.2.1": set it to a host name such as mail.example.com, or an address in brackets such as [192.0.2.1]',
    ]);
  });

  test('a block that is half set says which half is missing', () => {
    const password = '`pulumi config set --secret nightshift:smtpPassword`';
    const cases: [Record<string, string>, Record<string, string>, string[]][] = [
      [
        { smtpHost: 'mail.example.com', smtpUser: 'a@b.example' },
        {},
        [`nightshift:smtpPassword is not set but smtpUser is: ${password}`],
      ],
      [
        { smtpUser: 'a@b.example' },
        { smtpPassword: 'x' },
        ['nightshift:smtpHost is not set but smtpUser is: set it to the mail server'],
      ],
      [
        { alertRecipients: 'a@b.example' },
        {},
        ['nightshift:smtpHost is not set but alertRecipients is: set it, or alerts reach nobody'],
      ],
      [
        { summaryUrl: 'https://daily.example.com' },
        { sitePasswordHash: 'x' },
        [
          'nightshift:siteSigningKey is not set but summaryUrl is: `pulumi config set --secret nightshift:siteSigningKey`',
        ],
      ],
      [
        { summaryProxy: 'caddy' },
        {},
        ['nightshift:summaryUrl is not set but summaryProxy is caddy: set it: the proxy needs the name'],
      ],
      [
        { storeFolder: '', s3Endpoint: 'https://s3.example.com', s3Bucket: 'b' },
        { s3AccessKey: 'x' },
        ['nightshift:s3SecretKey is not set but s3Endpoint is: `pulumi config set --secret nightshift:s3SecretKey`'],
      ],
      [
        { disk: 'mounted', mountPoint: '/mnt/other' },
        {},
        ['nightshift:dataFolder is /srv/data: the data must be on the disk: choose a folder below /mnt/other'],
      ],
      [
        { disk: 'mounted', mountPoint: '/mnt/disk', dataFolder: '/mnt/disk2' },
        {},
        ['nightshift:dataFolder is /mnt/disk2: the data must be on the disk: choose a folder below /mnt/disk'],
      ],
      [
        { domain: 'example.org', summaryUrl: 'https://daily.example.com' },
        { sitePasswordHash: 'x', siteSigningKey: 'y'.repeat(16) },
        ['nightshift:domain is example.org, and summaryUrl https://daily.example.com is not in it: make them match'],
      ],
      [
        { hostCreate: 'true', hostLabel: 'shop', hostRegion: 'sg-sin-2', sshHost: '', hostType: 'g6-nanode-1' },
        {},
        [
          'nightshift:hostPublicKey is not set: hostCreate is true; set it: public SSH key that may log in to a new host',
        ],
      ],
      [
        { summaryReport: 'nowhere.yaml' },
        {},
        ['nightshift:summaryReport names nowhere.yaml, which cannot be read: check the path, from the checkout'],
      ],
    ];
    for (const [config, secrets, expected] of cases)
      assert.deepEqual(problems({ ...least, ...config }, secrets), expected);
  });

  test('a value of the wrong kind is named, with what would be right', () => {
    const wrong = {
      sshPort: 'ssh',
      backupHour: '24',
      engine: 'kubernetes',
      timeZone: 'Kuala Lumpur',
      hostFirewall: 'yes',
      databases: '../etc/passwd',
    };
    assert.deepEqual(problems({ ...least, ...wrong }).sort(), [
      'nightshift:backupHour is "24": set it to a whole number from 0 to 23, or leave it out for 2',
      'nightshift:databases is "../etc/passwd": set it to file names of letters, digits, dots and dashes, separated by commas, or leave it out for csv_data.db',
      'nightshift:engine is "kubernetes": set it to container or swarm, or leave it out for container',
      'nightshift:hostFirewall is "yes": set it to true or false, or leave it out for false',
      'nightshift:sshPort is "ssh": set it to a whole number from 1 to 65,535, or leave it out for 22',
      'nightshift:timeZone is "Kuala Lumpur": set it to an IANA time zone such as Asia/Kuala_Lumpur or Europe/Berlin, or leave it out for Asia/Kuala_Lumpur',
    ]);
  });

  test('a secret that lies in the file for all to read is refused, and not repeated', () => {
    assert.deepEqual(problems({ ...least, smtpHost: 'm.example.com', smtpUser: 'u', smtpPassword: 'open-to-all' }), [
      'nightshift:smtpPassword is not encrypted in the stack’s file: set it again: `pulumi config set --secret ' +
        'nightshift:smtpPassword`, and change it where it is used',
    ]);
  });

  test('several hosts: each takes the stack’s keys where it has none of its own', () => {
    const hosts = [
      { name: 'east', sshHost: '192.0.2.1', databases: 'east.db' },
      { name: 'west', sshHost: '192.0.2.2', databases: 'west.db', summary: false },
    ];
    const { hosts: found } = readDeployment(sourceOf({ ...least, hosts: JSON.stringify(hosts) }));
    assert.deepEqual(
      found.map(({ name, host, databases, summary, environment, folders }) => [
        name,
        host.place,
        databases,
        summary === null ? undefined : Number(environment['SUMMARY_SCHEDULE_HOUR']),
        folders.data,
      ]),
      [
        ['east', { kind: 'address', address: '192.0.2.1' }, ['east.db'], 8, '/srv/data'],
        ['west', { kind: 'address', address: '192.0.2.2' }, ['west.db'], undefined, '/srv/data'],
      ],
    );
  });

  test('a number that is 0 where 0 is not allowed is not set, in hosts as well', () => {
    const disk = { disk: 'create', diskLabel: 'd', hostRegion: 'sg-sin-2', mountPoint: '/srv' };
    const sizesOf = (config: Record<string, string>, host: Record<string, unknown>) => {
      const hosts = JSON.stringify([{ name: 'east', ...host }]);
      return readDeployment(sourceOf({ ...least, ...disk, ...config, hosts })).hosts.map(({ disk: plan }) =>
        plan?.kind === 'create' ? plan.size : null,
      );
    };
    assert.deepEqual(sizesOf({ diskSize: '0' }, { diskSize: 40 }), [40]);
    assert.deepEqual(sizesOf({ diskSize: '40' }, { diskSize: 0 }), [40]);
  });

  test('a summary that goes to a chat needs no address', () => {
    const { summaryRecipients: _, ...chat } = least;
    assert.deepEqual(problems(chat, { summaryWebhookUrl: 'https://chat.example.com/hook' }), []);
  });

  test('a firewall of a host with a long name would not fit Linode', () => {
    const hosts = JSON.stringify([{ name: 'warehouse-in-singapore', hostFirewall: 'true' }]);
    assert.deepEqual(problems({ ...least, hosts }), [
      'nightshift:hosts has one called warehouse-in-singapore, with a firewall nightshift-warehouse-in-singapore: Linode takes at most 32 characters: give the host a name of at most 21',
    ]);
  });

  test('hosts that cannot be told apart, or write over each other’s backups, are refused', () => {
    const bucket = { ...least, storeFolder: '', bucket: 'shop-backups', bucketRegion: 'sg-sin-2' };
    const hosts = JSON.stringify([
      { name: 'east' },
      { name: 'east', smtpPassword: 'x' },
      { name: 'West', bucket: 'b' },
    ]);
    assert.deepEqual(
      problems({ ...bucket, hosts }).map((line) => line.split(':').slice(0, 2).join(':')),
      [
        'nightshift:hosts[1].smtpPassword is a secret',
        'nightshift:hosts[1].name is "east" again',
        'nightshift:hosts[2].name is not a name of lower-case letters, digits and dashes',
        'nightshift:hosts[2].bucket is no key of a host',
        'nightshift:hosts back up two databases called csv_data.db into one bucket',
      ],
    );
  });
});

describe('what the table does not have, or does not take', () => {
  test('an unknown key is an error that names the nearest one, in hosts as well', () => {
    const hosts = JSON.stringify([
      { name: 'east', timezone: 'UTC' },
      { name: 'west', xyz: '1', databases: 'b.db' },
    ]);
    assert.deepEqual(problems({ ...least, backupRetentionDialy: '7', SUMMARY_SCHEDULE_HOUR: '9', qwertz: '', hosts }), [
      'nightshift:backupRetentionDialy is not a known key: remove it, or rename it: the nearest key is backupRetentionDaily',
      'nightshift:SUMMARY_SCHEDULE_HOUR is not a known key: remove it, or rename it: the nearest key is summaryHour',
      'nightshift:qwertz is not a known key: remove it; jobs/settings/README.md has the keys',
      'nightshift:hosts[0].timezone is not a known key: remove it, or rename it: the nearest key is timeZone',
      'nightshift:hosts[1].xyz is not a known key: remove it; jobs/settings/README.md has the keys',
    ]);
  });

  test('a bad value of one host is named where it lies, a bad value of the stack once', () => {
    const hosts = JSON.stringify([
      { name: 'east', backupHour: 24 },
      { name: 'west', databases: 'b.db' },
    ]);
    assert.deepEqual(problems({ ...least, memoryMiB: '1', hosts }), [
      'nightshift:memoryMiB is "1": set it to a whole number from 64 to 1,048,576, or leave it out for 1024',
      'nightshift:hosts[0].backupHour is "24": set it to a whole number from 0 to 23, or leave it out for 2',
    ]);
  });

  test('the stack is held to the rules of the environment, with the same hints', () => {
    const wrong = {
      backupSchedule: '99 99 * * *',
      backupAgeRecipients: 'age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq',
      alertRecipients: 'owner@',
      smtpEhloName: '-a.example',
      smtpPort: '0',
      timeZone: '+08:00',
    };
    const secrets = { siteSigningKey: 'short', backupPingUrl: 'hunter2' };
    const environmentNames = {
      BACKUP_SCHEDULE: wrong.backupSchedule,
      BACKUP_AGE_RECIPIENTS: wrong.backupAgeRecipients,
      ALERT_RECIPIENTS: wrong.alertRecipients,
      SMTP_EHLO_NAME: wrong.smtpEhloName,
      SMTP_PORT: wrong.smtpPort,
      TIME_ZONE: wrong.timeZone,
      SUMMARY_SIGNING_KEY: secrets.siteSigningKey,
      BACKUP_PING_URL: secrets.backupPingUrl,
    };
    const found: SettingProblem[] = [];
    readEnvironment(table, environmentNames, found);
    assert.deepEqual(
      problems({ ...least, smtpHost: 'mail.example.com', smtpFrom: 'shop@example.com', ...wrong }, secrets).sort(),
      found
        .map(({ name, found: what, hint }) => {
          const row = table.find(({ environment }) => environment === name);
          return `nightshift:${row && stackKeyOf(row)} ${what}: ${hint}`;
        })
        .sort(),
    );
    assert.equal(found.length, 8);
  });

  test('what Pulumi.yaml has to give as a default, and says nothing, is no value', () => {
    const defaults = Object.fromEntries(
      Object.entries(yaml('Pulumi.yaml').config).map(([key, entry]) => {
        const { default: fallback } = entry as { default: unknown };
        const text = typeof fallback === 'string' ? fallback : JSON.stringify(fallback);
        return [key.replace('nightshift:', ''), text];
      }),
    );
    assert.deepEqual(readDeployment(sourceOf({ ...defaults, ...least })), readDeployment(sourceOf(least)));
  });
});

test('Pulumi.yaml describes every key as the program reads it', () => {
  const expected = table
    .filter((row) => stackKeyOf(row) !== null && !row.secret)
    .map((row) => {
      const type = pulumiTypeOf(row);
      const items = type === 'array' ? { items: { type: 'object' } } : {};
      const none = { string: '', integer: 0, boolean: false, array: [] }[type];
      const fallback = row.default === null ? none : type === 'string' ? row.default : JSON.parse(row.default);
      const description = stackMeaning(row, table);
      return [`nightshift:${stackKeyOf(row)}`, { type, ...items, default: fallback, description }];
    });
  assert.deepEqual(yaml('Pulumi.yaml').config, Object.fromEntries(expected));
});

test('Pulumi.yaml names every secret', () => {
  const text = readFileSync(path.join(root, 'Pulumi.yaml'), 'utf8');
  const secrets = table.filter(({ secret }) => secret);
  assert.deepEqual(
    [...text.matchAll(/^# {3}(\w+): (.*)$/gm)].map(([, key, meaning]) => [key, meaning]),
    secrets.map((row) => [stackKeyOf(row), stackMeaning(row, table)]),
  );
});

test('Pulumi.prod.yaml is complete but for secrets and mail addresses', () => {
  const config = Object.fromEntries(
    Object.entries(yaml('Pulumi.prod.yaml').config).map(([key, value]) => [
      key.replace('nightshift:', ''),
      String(value),
    ]),
  );
  assert.deepEqual(
    problems(config),
    [
      'smtpFrom is not set, nor is smtpUser: set it to the sender of the emails',
      'summaryRecipients is not set but summary is true: set it to who gets the daily summary, or set summaryWebhookUrl, or summary to false',
      ...['sitePasswordHash', 'siteSigningKey'].map(
        (key) => `${key} is not set but summaryUrl is: \`pulumi config set --secret nightshift:${key}\``,
      ),
    ].map((line) => `nightshift:${line}`),
  );
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { type ConfigKey, configKeys } from '../../../infra/config/keys.ts';
import { readDeployment } from '../../../infra/config.ts';
import { Failure } from '../../../jobs/runtime/errors.ts';
import { sourceOf } from './declared-resources.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const least = { sshHost: '192.0.2.7', dataFolder: '/srv/data', storeFolder: '/srv/backups' };

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
          backup: {
            hour: 2,
            schedule: null,
            compression: 'gzip',
            retentionDaily: 20,
            retentionWeekly: 0,
            ageRecipients: null,
            suspectIgnore: null,
            restoreServices: null,
          },
          mail: null,
          alertRecipients: null,
          summary: {
            hour: 8,
            recipients: null,
            report: null,
            url: null,
            front: { kind: 'port', port: 8080 },
          },
          timeZone: 'Asia/Kuala_Lumpur',
        },
      ],
    });
  });

  test('an empty one says all that is missing, each with its hint', () => {
    assert.deepEqual(problems({}), [
      'nightshift:sshHost is not set: name the host: sshHost, or hostLabel, or dockerHost for an engine elsewhere',
      'nightshift:bucket is not set: say where backups go: set bucket, or s3Endpoint, or storeFolder',
      'nightshift:dataFolder is not set: the services need it; set it: folder of the databases on the host',
    ]);
  });

  test('the S3 host name is no region', () => {
    assert.deepEqual(problems({ ...least, storeFolder: '', bucket: 'shop-backups', bucketRegion: 'sg-sin-1' }), [
      'nightshift:bucketRegion is "sg-sin-1", the name of an S3 host: set it to the region as the API calls it: ' +
        'sg-sin-1.linodeobjects.com lies in region sg-sin-2',
    ]);
  });

  test('a name for the mail server that is none', () => {
    const mail = { ...least, smtpHost: 'm.example.com', smtpFrom: 'a@b.c' };
    assert.deepEqual(problems({ ...mail, smtpEhloName: 'vps1.example.com' }), []);
    assert.deepEqual(problems({ ...mail, smtpEhloName: '192.0.2.1' }), [
      'nightshift:smtpEhloName is "192.0.2.1": set it to a host name such as mail.example.com, or an address in brackets such as [192.0.2.1]',
    ]);
  });

  test('a block that is half set says which half is missing', () => {
    const password = '`pulumi config set --secret nightshift:smtpPassword`';
    const cases: [Record<string, string>, Record<string, string>, string[]][] = [
      [
        { smtpHost: 'mail.example.com', smtpUser: 'a@b.c' },
        {},
        [`nightshift:smtpPassword is not set but smtpUser is: ${password}`],
      ],
      [
        { smtpUser: 'a@b.c' },
        { smtpPassword: 'x' },
        ['nightshift:smtpHost is not set but smtpUser is: set it to the mail server'],
      ],
      [
        { alertRecipients: 'a@b.c' },
        {},
        ['nightshift:smtpHost is not set but alertRecipients is: set it, or mails reach nobody'],
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
        ['nightshift:dataFolder is /srv/data: the data lies on the disk: choose a folder below /mnt/other'],
      ],
      [
        { domain: 'example.org', summaryUrl: 'https://daily.example.com' },
        { sitePasswordHash: 'x', siteSigningKey: 'y' },
        [
          'nightshift:domain is example.org, and summaryUrl https://daily.example.com does not lie in it: make them fit',
        ],
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
      'nightshift:backupHour is "24": set it to a whole number from 0 to 23',
      'nightshift:databases has "../etc/passwd": give file names of letters, digits, dots and dashes',
      'nightshift:engine is "kubernetes": set it to container or swarm',
      'nightshift:hostFirewall is "yes": set it to true or false',
      'nightshift:sshPort is "ssh": set it to a whole number from 1 to 65535',
      'nightshift:timeZone is "Kuala Lumpur": set it to an IANA zone such as Asia/Kuala_Lumpur',
    ]);
  });

  test('a secret that lies in the file for all to read is refused, and not repeated', () => {
    assert.deepEqual(problems({ ...least, smtpHost: 'm.example.com', smtpUser: 'u', smtpPassword: 'open-to-all' }), [
      'nightshift:smtpPassword lies unencrypted in the stack’s file: set it anew: `pulumi config set --secret ' +
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
      found.map(({ name, host, databases, summary, folders }) => [
        name,
        host.place,
        databases,
        summary?.hour,
        folders.data,
      ]),
      [
        ['east', { kind: 'address', address: '192.0.2.1' }, ['east.db'], 8, '/srv/data'],
        ['west', { kind: 'address', address: '192.0.2.2' }, ['west.db'], undefined, '/srv/data'],
      ],
    );
  });

  test('hosts that cannot be told apart, or write over each other’s backups, are refused', () => {
    const bucket = { sshHost: '192.0.2.7', dataFolder: '/srv/data', bucket: 'shop-backups', bucketRegion: 'sg-sin-2' };
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
        'nightshift:hosts[2].name is no name of small letters, digits and dashes',
        'nightshift:hosts[2].bucket is no key of a host',
        'nightshift:hosts back up two databases called csv_data.db into one bucket',
      ],
    );
  });
});

test('Pulumi.yaml describes every key as the program reads it', () => {
  const expected = Object.entries<ConfigKey>(configKeys)
    .filter(([, { secret }]) => !secret)
    .map(([key, { type, default: fallback, meaning }]) => {
      const none = { string: '', integer: 0, boolean: false, array: [] }[type];
      const items = type === 'array' ? { items: { type: 'object' } } : {};
      return [`nightshift:${key}`, { type, ...items, default: fallback ?? none, description: meaning }];
    });
  assert.deepEqual(yaml('Pulumi.yaml').config, Object.fromEntries(expected));
});

test('Pulumi.yaml names every secret', () => {
  const text = readFileSync(path.join(root, 'Pulumi.yaml'), 'utf8');
  const secrets = Object.entries<ConfigKey>(configKeys).filter(([, { secret }]) => secret);
  assert.deepEqual(
    [...text.matchAll(/^# {3}(\w+): (.*)$/gm)].map(([, key, meaning]) => [key, meaning]),
    secrets.map(([key, { meaning }]) => [key, meaning]),
  );
});

test('Pulumi.prod.yaml is complete but for secrets', () => {
  const config = Object.fromEntries(
    Object.entries(yaml('Pulumi.prod.yaml').config).map(([key, value]) => [
      key.replace('nightshift:', ''),
      String(value),
    ]),
  );
  assert.deepEqual(
    problems(config),
    [
      ...['smtpFrom is not set, nor is smtpUser: set it to the sender of the mails'],
      ...['sitePasswordHash', 'siteSigningKey'].map(
        (key) => `${key} is not set but summaryUrl is: \`pulumi config set --secret nightshift:${key}\``,
      ),
    ].map((line) => `nightshift:${line}`),
  );
});

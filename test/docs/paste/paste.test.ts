import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { labS3, needs } from '../../lab/parts.ts';
import { docker, dockerHost, until } from '../../restore/docker-scene.ts';
import { startSmtpServer } from '../../smtp-server.ts';
import { makeBucket } from '../../store/buckets.ts';
import { notPasted } from './not-pasted.ts';
import { interrupt } from './paste.ts';
import { makeReader, type Reader } from './reader.ts';
import { shellBlocks } from './shell-blocks.ts';

const pasted = [
  'README.md#back-up-your-own-database',
  'jobs/backup/README.md#a-folder-first',
  'jobs/backup/README.md#is-it-working',
  'jobs/backup/README.md#object-storage',
  'jobs/backup/README.md#as-a-container',
  'jobs/restore/README.md#restore-now',
  'jobs/restore/README.md#the-old-database',
  'jobs/restore/README.md#by-hand-without-nightshift',
  'jobs/summary/README.md#try-it',
  'jobs/summary/README.md#is-it-being-sent',
  'jobs/summary/README.md#the-page',
] as const;

test('every block of the READMEs is pasted here, or is named with the reason why not', () => {
  assert.deepEqual(
    shellBlocks()
      .map(({ id }) => id)
      .toSorted(),
    [...pasted, ...Object.keys(notPasted)].toSorted(),
  );
});

const readme = 'README.md#back-up-your-own-database';

/** What a reader puts in place of the paths of the documents. */
const own = ({ database, checkout }: Reader) => ({
  '/data/csv_data.db': database,
  '/mnt/backups': path.join(checkout, '..', 'backups'),
});

/** Where it is about noon: the summary that is due is yesterday's, which is what `send` sends. */
function zoneAtNoon(): string {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

describe('what one pastes works to the end', needs('tools'), () => {
  test('README: a backup to a folder, and again as the page of the backup has it; its status', async (t) => {
    const reader = makeReader(t);
    assert.match(await reader.pastes(readme, { put: own(reader) }), /^daily .* verified /m);
    assert.match(
      await reader.pastes('jobs/backup/README.md#a-folder-first', { put: own(reader) }),
      /^daily .* verified /m,
    );
    assert.match(await reader.pastes('jobs/backup/README.md#is-it-working'), /^csv_data: ok, /m);
  });

  test('Restore: in a terminal, from the list to the undo; the old database removed', async (t) => {
    const reader = makeReader(t);
    await reader.pastes(readme, { put: own(reader) });
    const [name = ''] = readdirSync(path.join(reader.checkout, '..', 'backups', 'sqlite-backups', 'daily')).filter(
      (each) => each.endsWith('.gz'),
    );
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const yes = [/Restore it\? \[y\/N\] /, 'y\n'] as const;
    const screen = await reader.pastes('jobs/restore/README.md#restore-now', {
      put: { 'csv_data_2025-11-30_020000.db.gz': name, '2025-11-30 ': `${today} ` },
      answers: [[/Which one\? .*: /, '1\n'], yes, yes, yes, yes, yes],
    });
    assert.equal(screen.match(/^Restored /gm)?.length, 5);
    const copies = readdirSync(path.dirname(reader.database)).filter((each) => /\.backup-[\d_-]+$/.test(each));
    const [copy = ''] = copies;
    await reader.pastes('jobs/restore/README.md#the-old-database', {
      put: { 'csv_data.db.backup-2025-12-02_031500': copy },
      answers: [[/for good\? \[y\/N\] /, 'y\n']],
    });
    assert.equal(existsSync(path.join(path.dirname(reader.database), copy)), false);
  });

  test('Summary: from the preview to the service, with a mail server', async (t) => {
    const server = await startSmtpServer({ security: 'plain' });
    t.after(() => server.close());
    const reader = makeReader(t, { TIME_ZONE: zoneAtNoon() });
    await reader.pastes(readme, { put: own(reader) });
    await reader.pastes('jobs/summary/README.md#try-it', {
      put: {
        '/data/csv_data.db': reader.database,
        'SMTP_HOST=smtp.example.com SMTP_USER=shop@example.com SMTP_PASSWORD=…': `SMTP_HOST=127.0.0.1 SMTP_PORT=${server.smtp.port}`,
      },
      answers: [[/next summary /i, interrupt]],
    });
    assert.deepEqual(
      server.mails.map(({ to }) => to[0]),
      ['you@example.com', 'you@example.com'],
    );
    assert.match(await reader.pastes('jobs/summary/README.md#is-it-being-sent'), /^\S+ +you@example.com +sent /m);
    await reader.pastes('jobs/summary/README.md#the-page', {
      answers: [
        [/Password: /, 'correct horse battery\n'],
        [/Again: /, 'correct horse battery\n'],
      ],
    });
    assert.match(readFileSync(path.join(reader.checkout, 'password-hash'), 'utf8'), /^\S+\n$/);
  });
});

describe('what one pastes works to the end, with S3', needs('tools', 's3'), () => {
  test('Backup: first to a folder, then to object storage; brought back by hand with s3cmd, gunzip and sqlite3', async (t) => {
    const bucket = await makeBucket();
    t.after(() => bucket.remove());
    const { endpoint, accessKey, secretKey } = labS3();
    const reader = makeReader(t, { LINODE_ENDPOINT: endpoint });
    await reader.pastes('jobs/backup/README.md#a-folder-first', { put: own(reader) });
    const stored = await reader.pastes('jobs/backup/README.md#object-storage', {
      put: {
        'LINODE_ACCESS_KEY=…': `LINODE_ACCESS_KEY=${accessKey}`,
        'LINODE_SECRET_KEY=…': `LINODE_SECRET_KEY=${secretKey}`,
        'zygy-backups-service': bucket.location.bucket,
        'sg-sin-1': bucket.location.region,
      },
      answers: [[/next backup /i, interrupt]],
    });
    const host = new URL(endpoint).host;
    const config = {
      access_key: accessKey,
      secret_key: secretKey,
      host_base: host,
      host_bucket: host,
      use_https: 'False',
    };
    const lines = Object.entries(config).map(([key, value]) => `${key}=${value}\n`);
    mkdirSync(reader.home, { recursive: true });
    writeFileSync(path.join(reader.home, '.s3cfg'), `[default]\n${lines.join('')}`);
    const name = /upload: .* to \S+daily\/(csv_data_\S+)\.db\.gz/.exec(stored)?.[1] ?? 'no backup';
    const screen = await reader.pastes('jobs/restore/README.md#by-hand-without-nightshift', {
      put: { 'zygy-backups-service': bucket.location.bucket, 'csv_data_2025-11-30_020000': name },
    });
    assert.match(screen, /^ok$/m);
  });
});

describe('what one pastes works to the end, with Docker', needs('docker', 's3'), () => {
  test('Backup, as a container: it is built, starts, and makes a backup', async (t) => {
    const bucket = await makeBucket();
    const id = `paste-${randomBytes(4).toString('hex')}`;
    const reader = makeReader(t, { DOCKER_HOST: dockerHost });
    t.after(async () => {
      await docker('rm', '-f', '-v', id).catch(() => {});
      await docker('volume', 'rm', '-f', `${id}-state`, `${id}-staging`);
      await docker('rmi', '-f', id);
      await bucket.remove();
    });
    const { endpoint, accessKey, secretKey } = labS3();
    const secrets = path.join(reader.home, 'secrets');
    mkdirSync(secrets);
    writeFileSync(path.join(secrets, 'access-key'), accessKey);
    writeFileSync(path.join(secrets, 'secret-key'), secretKey);
    for (const file of [path.dirname(reader.database), reader.database]) chownSync(file, 1000, 1000);
    await reader.pastes('jobs/backup/README.md#as-a-container', {
      put: {
        // They are there already.
        'npm ci && ': '',
        '-t sqlite-backup ': `-t ${id} `,
        '--name sqlite-backup ': `--name ${id} --network host -e LINODE_ENDPOINT=${endpoint} -e LINODE_BUCKET=${bucket.location.bucket} `,
        'secret-key sqlite-backup': `secret-key ${id}`,
        '/mnt/blockstorage/zygy-data': path.dirname(reader.database),
        'nightshift-state': `${id}-state`,
        'nightshift-staging': `${id}-staging`,
        '/etc/nightshift:': `${secrets}:`,
      },
    });
    await until(async () => /next backup/i.test(await docker('logs', id)), 'the first backup');
    assert.match(await docker('logs', id), /Backup completed successfully/);
  });
});

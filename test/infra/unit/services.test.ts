import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as pulumi from '@pulumi/pulumi';
import { readDeployment } from '../../../infra/config.ts';
import { runOptions, serviceOptions } from '../../../infra/docker-run-options.ts';
import { containerArgs } from '../../../infra/engines/container-args.ts';
import { hostCommand } from '../../../infra/host-command.ts';
import { readHostScript } from '../../../infra/host-script.ts';
import { environmentOf, type ResolvedSpec } from '../../../infra/resolved-spec.ts';
import { type ServiceSpec, servicesOf } from '../../../infra/service-specs.ts';
import { sourceOf } from './declared-resources.ts';

const shop = {
  sshHost: '192.0.2.7',
  bucket: 'shop-backups',
  bucketRegion: 'sg-sin-2',
  dataFolder: '/mnt/disk/data',
  databases: 'shop.db',
  backupSuspectIgnore: 'sessions',
  restoreServices: 'web,worker',
  smtpHost: 'mail.example.com',
  smtpUser: 'shop@example.com',
  alertRecipients: 'owner@example.com',
  summaryRecipients: 'owner@example.com',
  summaryReport: 'report.yaml',
  summaryUrl: 'https://daily.example.com',
  summaryProxy: 'caddy',
};
const secrets = {
  smtpPassword: 'p',
  sitePasswordHash: 'h',
  siteSigningKey: 'k'.repeat(16),
  backupPingUrl: 'https://ping',
};

function specsOf(config: Record<string, string> = {}, more: Record<string, string> = {}): ServiceSpec[] {
  const deployment = readDeployment(sourceOf({ ...shop, ...config }, { ...secrets, ...more }));
  const [host] = deployment.hosts;
  assert.ok(host);
  return servicesOf(host);
}

test('both services use the EHLO name of the stack', () => {
  const names = specsOf({ smtpFrom: 'Shop <shop@example.com>', smtpEhloName: 'vps1.example.com' }).map(
    ({ environment }) => [environment['SMTP_FROM'], environment['SMTP_EHLO_NAME']],
  );
  const given = ['Shop <shop@example.com>', 'vps1.example.com'];
  assert.deepEqual(names.slice(0, 2), [given, given]);
});

test('the complete services of a stack', () => {
  const [backup, summary] = specsOf();
  assert.deepEqual(backup, {
    name: 'sqlite-backup',
    image: 'sqlite-backup',
    command: ['backup', '--schedule'],
    check: ['check'],
    environment: {
      DATABASE_PATH: '/data/shop.db',
      STATE_DIR: '/state',
      TIME_ZONE: 'Asia/Kuala_Lumpur',
      SMTP_HOST: 'mail.example.com',
      SMTP_PORT: '465',
      SMTP_USER: 'shop@example.com',
      ALERT_RECIPIENTS: 'owner@example.com',
      BACKUP_STORE: 's3',
      LINODE_BUCKET: { deferred: 'bucket' },
      LINODE_ENDPOINT: { deferred: 'endpoint' },
      LINODE_REGION: { deferred: 'region' },
      STAGING_DIR: '/staging',
      BACKUP_PREFIX: 'sqlite-backups/',
      BACKUP_SUSPECT_IGNORE: 'sessions',
      RESTORE_SERVICES: 'web,worker',
      BACKUP_SCHEDULE_HOUR: '2',
      BACKUP_COMPRESSION: 'gzip',
      BACKUP_RETENTION_HOURLY: '0',
      BACKUP_RETENTION_DAILY: '20',
      BACKUP_RETENTION_WEEKLY: '0',
      BACKUP_RETENTION_MONTHLY: '0',
      BACKUP_RETENTION_YEARLY: '0',
      BACKUP_VERIFY_MIB: '1024',
      STOP_GRACE_SECONDS: '900',
      HTTP_PORT: '8081',
    },
    secrets: {
      LINODE_ACCESS_KEY: 'bucketAccessKey',
      LINODE_SECRET_KEY: 'bucketSecretKey',
      SMTP_PASSWORD: 'smtpPassword',
      BACKUP_PING_URL: 'backupPingUrl',
    },
    files: {},
    mounts: [
      { source: '/mnt/disk/data', target: '/data', readOnly: false },
      { source: '/var/lib/nightshift/state', target: '/state', readOnly: false },
      { source: '/var/lib/nightshift/staging', target: '/staging', readOnly: false },
    ],
    publish: null,
    labels: { 'nightshift.job': 'backup' },
    networks: ['nightshift'],
    memoryMiB: 1024,
    stopSeconds: 910,
    health: {
      test: [
        'node',
        '-e',
        "fetch('http://127.0.0.1:8081/healthz').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))",
      ],
      intervalSeconds: 15,
      timeoutSeconds: 30,
      startSeconds: 600,
      retries: 3,
    },
    tmpfs: { '/tmp': '64m' },
    user: '1000:1000',
  });
  assert.deepEqual(summary, {
    name: 'backend-dailysummary',
    image: 'backend-dailysummary',
    command: ['summary', '--schedule'],
    check: ['summary', 'preview', '--out', '/tmp/preview'],
    environment: {
      DATABASE_PATH: '/data/shop.db',
      STATE_DIR: '/state',
      TIME_ZONE: 'Asia/Kuala_Lumpur',
      SMTP_HOST: 'mail.example.com',
      SMTP_PORT: '465',
      SMTP_USER: 'shop@example.com',
      ALERT_RECIPIENTS: 'owner@example.com',
      SUMMARY_RECIPIENTS: 'owner@example.com',
      SUMMARY_PUBLIC_URL: 'https://daily.example.com',
      SUMMARY_REPORT: '/etc/nightshift/report.yaml',
      BACKUP_SCHEDULE_HOUR: '2',
      SUMMARY_SCHEDULE_HOUR: '8',
      SUMMARY_PORT: '8080',
    },
    secrets: {
      SMTP_PASSWORD: 'smtpPassword',
      SUMMARY_PASSWORD_HASH: 'sitePasswordHash',
      SUMMARY_SIGNING_KEY: 'siteSigningKey',
    },
    files: { 'report.yaml': 'title: Shop\n' },
    mounts: [
      { source: '/mnt/disk/data', target: '/data', readOnly: false },
      { source: '/var/lib/nightshift/state', target: '/state', readOnly: false },
    ],
    publish: null,
    labels: { 'nightshift.job': 'summary' },
    networks: ['nightshift'],
    memoryMiB: 1024,
    stopSeconds: 60,
    health: {
      test: [
        'node',
        '-e',
        "fetch('http://127.0.0.1:8080/healthz').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))",
      ],
      intervalSeconds: 15,
      timeoutSeconds: 10,
      startSeconds: 60,
      retries: 3,
    },
    tmpfs: { '/tmp': '64m' },
    user: '1000:1000',
  });
});

test('without a summary there is one service', () => {
  assert.deepEqual(
    specsOf({ summary: 'false' }).map(({ name }) => name),
    ['sqlite-backup'],
  );
});

test('an existing proxy gets labels and its network; without a proxy the page is on loopback only', () => {
  const [, behind] = specsOf({ summaryProxy: 'labels', proxyNetwork: 'traefik' });
  assert.deepEqual(
    [behind?.labels, behind?.networks, behind?.publish],
    [
      {
        'nightshift.job': 'summary',
        'traefik.enable': 'true',
        'traefik.http.routers.nightshift-summary.rule': 'Host(`daily.example.com`)',
        'traefik.http.routers.nightshift-summary.tls': 'true',
        'traefik.http.services.nightshift-summary.loadbalancer.server.port': '8080',
      },
      ['nightshift', 'traefik'],
      null,
    ],
  );
  const [, alone] = specsOf({ summaryProxy: 'port', summaryPort: '9000' });
  assert.deepEqual(alone?.publish, { ip: '127.0.0.1', external: 9000, internal: 8080 });
});

test('the environment has the paths of secrets, never their values', () => {
  const [backup] = specsOf({}, { ageIdentity: 'AGE-SECRET-KEY-1' });
  assert.ok(backup);
  const known = { ...backup, environment: { A: '1' } };
  assert.deepEqual(environmentOf(known), {
    A: '1',
    LINODE_ACCESS_KEY_FILE: '/run/secrets/LINODE_ACCESS_KEY',
    LINODE_SECRET_KEY_FILE: '/run/secrets/LINODE_SECRET_KEY',
    SMTP_PASSWORD_FILE: '/run/secrets/SMTP_PASSWORD',
    BACKUP_PING_URL_FILE: '/run/secrets/BACKUP_PING_URL',
    BACKUP_AGE_IDENTITY: '/run/secrets/BACKUP_AGE_IDENTITY',
  });
});

test('a one-off container has the same hardening and files as the service', () => {
  const [, summary] = specsOf();
  assert.ok(summary);
  const known = { ...summary, environment: { A: "it's" } };
  assert.equal(
    runOptions(known, { config: '/etc/nightshift' }).join(' '),
    '--read-only --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --memory 1024m ' +
      '--memory-swap -1 --network nightshift --tmpfs /tmp:size=64m --mount type=bind,source=/mnt/disk/data,target=/data ' +
      '--mount type=bind,source=/var/lib/nightshift/state,target=/state ' +
      '--mount type=bind,source=/etc/nightshift/secrets/backend-dailysummary,target=/run/secrets,readonly ' +
      '--mount type=bind,source=/etc/nightshift/files/backend-dailysummary,target=/etc/nightshift,readonly ' +
      "--env A=it's --env SMTP_PASSWORD_FILE=/run/secrets/SMTP_PASSWORD " +
      '--env SUMMARY_PASSWORD_HASH_FILE=/run/secrets/SUMMARY_PASSWORD_HASH ' +
      '--env SUMMARY_SIGNING_KEY_FILE=/run/secrets/SUMMARY_SIGNING_KEY',
  );
});

test('a rollback starts the service with the init process and the log limits that the engine gives it', () => {
  const [, summary] = specsOf();
  assert.ok(summary);
  const known: ResolvedSpec = { ...summary, environment: {} };
  const folders = { config: '/etc/nightshift' };
  const inputs = {
    folders,
    image: 'i',
    resolved: pulumi.output(null).apply(() => known),
    contentHash: 'c',
    hostId: 'h',
  };
  const { init, logDriver, logOpts } = containerArgs(summary, inputs);
  const options = serviceOptions(known, folders);
  const valuesOf = (name: string) => options.filter((_, index) => options[index - 1] === name);
  assert.equal(options.includes('--init'), init);
  assert.deepEqual(valuesOf('--log-driver'), [logDriver]);
  assert.deepEqual(Object.fromEntries(valuesOf('--log-opt').map((each) => each.split('='))), logOpts);
});

test('the host’s command: only restore has root, the socket, and the data at its path on the host', () => {
  const [backup] = specsOf();
  assert.ok(backup);
  const known = { ...backup, environment: { DATABASE_PATH: '/data/shop.db,/data/till.db' } };
  const folders = { data: '/mnt/disk/data', state: '/s', config: '/etc/nightshift', command: '/usr/local/bin' };
  const text = hostCommand(readHostScript('nightshift.sh'), { backup: known, summary: null }, folders);
  const restore = text.split('\n').find((line) => line.includes('restore)')) ?? '';
  assert.equal(
    restore.slice(0, restore.indexOf(' --env LINODE')).trim(),
    'restore) exec docker run --rm $terminal --mount "type=bind,source=$socket,target=/var/run/docker.sock" --pid=host --user 0:0 --cap-drop ALL --cap-add SYS_PTRACE --cap-add CHOWN ' +
      '--cap-add FOWNER --cap-add DAC_OVERRIDE --security-opt no-new-privileges --network nightshift ' +
      '--mount type=bind,source=/mnt/disk/data,target=/mnt/disk/data ' +
      '--mount type=bind,source=/var/lib/nightshift/state,target=/state ' +
      '--mount type=bind,source=/var/lib/nightshift/staging,target=/staging ' +
      '--mount type=bind,source=/etc/nightshift/secrets/sqlite-backup,target=/run/secrets,readonly ' +
      '--env DATABASE_PATH=/mnt/disk/data/shop.db,/mnt/disk/data/till.db',
  );
  assert.equal(text.match(/--pid=host|--user 0:0|target=\S*docker\.sock/g)?.length, 3);
  assert.doesNotMatch(text, /@[A-Z]+@/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeployment } from '../../../infra/config.ts';
import { logOptions } from '../../../infra/engines/container-args.ts';
import { environmentOf, mountsOf } from '../../../infra/resolved-spec.ts';
import { type DeferredName, type ServiceSpec, servicesOf } from '../../../infra/service-specs.ts';
import { type ComposeService, composeServices, type Volume } from '../compose-file.ts';
import { sourceOf } from './declared-resources.ts';

type Texts = Readonly<Record<string, string>>;

const inUse = { dockerHost: 'unix:///var/run/docker.sock', dataFolder: '/srv/shop' };

/** The services that Pulumi would start for a stack, as Compose would write them. */
function declaredServices(config: Texts, secrets: Texts = {}, deferred: Partial<Record<DeferredName, string>> = {}) {
  const deployment = readDeployment(sourceOf({ ...inUse, ...config }, secrets));
  const [host] = deployment.hosts;
  assert.ok(host);
  const specs = servicesOf(host);
  return Object.fromEntries(specs.map((spec) => [spec.name, composeService(spec, deferred, host.folders)]));
}

function composeService(
  spec: ServiceSpec,
  deferred: Partial<Record<DeferredName, string>>,
  folders: { readonly config: string },
): ComposeService {
  const { health, publish } = spec;
  const resolved = Object.entries(spec.environment).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : (deferred[value.deferred] ?? ''),
  ]);
  return {
    container_name: spec.name,
    image: spec.image,
    build: `../dist/${spec.image}`,
    command: spec.command,
    environment: environmentOf({ ...spec, environment: Object.fromEntries(resolved) }),
    user: spec.user,
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges'],
    init: true,
    mem_limit: `${spec.memoryMiB}m`,
    restart: 'unless-stopped',
    tmpfs: Object.entries(spec.tmpfs).map(([folder, size]) => `${folder}:size=${size}`),
    networks: spec.networks,
    logging: logOptions,
    volumes: mountsOf(spec, folders).map(({ source, target, readOnly }) => ({
      type: 'bind',
      source,
      target,
      ...(readOnly ? { read_only: true } : {}),
      bind: { create_host_path: false },
    })),
    labels: spec.labels,
    ...(publish === null ? {} : { ports: [`${publish.ip}:${publish.external}:${publish.internal}`] }),
    stop_grace_period: `${spec.stopSeconds}s`,
    healthcheck: {
      test: ['CMD', ...health.test],
      interval: `${health.intervalSeconds}s`,
      timeout: `${health.timeoutSeconds}s`,
      start_period: `${health.startSeconds}s`,
      retries: health.retries,
    },
  };
}

/** Compares all services whole; of the environment, what the declared ones have. Returns what else is in it, by service. */
function compareServices(
  composed: Readonly<Record<string, ComposeService>>,
  declared: Readonly<Record<string, ComposeService>>,
): Record<string, string[]> {
  const others: Record<string, string[]> = {};
  const comparable = Object.entries(composed).map(([name, service]) => {
    const isDeclared = ([variable]: [string, string]) => declared[name]?.environment[variable] !== undefined;
    const entries = Object.entries(service.environment);
    others[name] = entries.filter((entry) => !isDeclared(entry)).map(([variable]) => variable);
    return [name, { ...service, environment: Object.fromEntries(entries.filter(isDeclared)) }] as const;
  });
  assert.deepEqual(Object.fromEntries(comparable), declared);
  return others;
}

const secretFile = (name: string) => ({ [`${name}_FILE`]: `/run/secrets/${name}` });

test('with everything in use, Compose starts what Pulumi starts', () => {
  const declared = declaredServices(
    {
      storeFolder: '/mnt/backups',
      databases: 'shop.db,till.db',
      stateFolder: '/mnt/state',
      configFolder: '/mnt/config',
      memoryMiB: '2048',
      timeZone: 'Europe/Berlin',
      backupHour: '3',
      backupSchedule: '30 3 * * *',
      backupCompression: 'zstd',
      backupRetentionDaily: '30',
      backupRetentionWeekly: '52',
      backupVerifyMiB: '512',
      backupPrefix: 'shops/east/',
      backupAgeRecipients: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
      backupSuspectIgnore: 'sessions',
      restoreServices: 'web,worker',
      smtpHost: 'mail.example.com',
      smtpPort: '587',
      smtpUser: 'shop@example.com',
      smtpFrom: 'Shop <shop@example.com>',
      smtpEhloName: 'vps1.example.com',
      alertRecipients: 'owner@example.com',
      summaryHour: '7',
      summaryRecipients: 'owner@example.com',
      summaryReport: 'report.yaml',
      summaryUrl: 'https://daily.example.com',
      summaryPort: '9000',
    },
    {
      smtpPassword: 'p',
      sitePasswordHash: 'h',
      siteSigningKey: 'k'.repeat(16),
      backupPingUrl: 'https://ping',
      summaryPingUrl: 'https://ping',
      ageIdentity: 'i',
    },
  );
  const settings = {
    DATA_FOLDER: '/srv/shop',
    STORE_FOLDER: '/mnt/backups',
    STATE_FOLDER: '/mnt/state',
    CONFIG_FOLDER: '/mnt/config',
    MEMORY_MIB: '2048',
    SITE_PORT: '9000',
    DATABASE_PATH: '/data/shop.db,/data/till.db',
    BACKUP_STORE: 'file:///store',
    BACKUP_PREFIX: 'shops/east/',
    TIME_ZONE: 'Europe/Berlin',
    BACKUP_SCHEDULE_HOUR: '3',
    BACKUP_SCHEDULE: '30 3 * * *',
    BACKUP_COMPRESSION: 'zstd',
    BACKUP_RETENTION_HOURLY: '0',
    BACKUP_RETENTION_DAILY: '30',
    BACKUP_RETENTION_WEEKLY: '52',
    BACKUP_RETENTION_MONTHLY: '0',
    BACKUP_RETENTION_YEARLY: '0',
    BACKUP_VERIFY_MIB: '512',
    BACKUP_AGE_RECIPIENTS: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
    BACKUP_AGE_IDENTITY: '/run/secrets/BACKUP_AGE_IDENTITY',
    BACKUP_SUSPECT_IGNORE: 'sessions',
    RESTORE_SERVICES: 'web,worker',
    SMTP_HOST: 'mail.example.com',
    SMTP_PORT: '587',
    SMTP_USER: 'shop@example.com',
    SMTP_FROM: 'Shop <shop@example.com>',
    SMTP_EHLO_NAME: 'vps1.example.com',
    ALERT_RECIPIENTS: 'owner@example.com',
    SUMMARY_SCHEDULE_HOUR: '7',
    SUMMARY_RECIPIENTS: 'owner@example.com',
    SUMMARY_REPORT: '/etc/nightshift/report.yaml',
    SUMMARY_PUBLIC_URL: 'https://daily.example.com',
    ...secretFile('SMTP_PASSWORD'),
    ...secretFile('BACKUP_PING_URL'),
    ...secretFile('SUMMARY_PING_URL'),
    ...secretFile('SUMMARY_PASSWORD_HASH'),
    ...secretFile('SUMMARY_SIGNING_KEY'),
  };
  const others = compareServices(composeServices(settings), declared);
  for (const names of Object.values(others)) {
    // The default, which Pulumi leaves out without S3.
    const named = names.filter((name) => name !== 'STAGING_DIR');
    assert.deepEqual(
      named.filter((name) => !(name in settings)),
      [],
    );
  }
});

test('with S3 and little else, too, but for folders that Pulumi mounts only when they are used', () => {
  const s3 = { endpoint: 'https://s3.example.com', bucket: 'shop-backups', region: 'us-east-1' };
  const declared = declaredServices(
    { s3Endpoint: s3.endpoint, s3Bucket: s3.bucket, summaryRecipients: 'owner@example.com' },
    { s3AccessKey: 'a', s3SecretKey: 's' },
    s3,
  );
  const composed = composeServices({
    DATA_FOLDER: '/srv/shop',
    DATABASE_PATH: '/data/csv_data.db',
    BACKUP_STORE: 's3',
    LINODE_ENDPOINT: s3.endpoint,
    LINODE_BUCKET: s3.bucket,
    LINODE_REGION: s3.region,
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
    ...secretFile('LINODE_ACCESS_KEY'),
    ...secretFile('LINODE_SECRET_KEY'),
  });
  const used = (name: string) => declared[name]?.volumes.map(({ target }) => target) ?? [];
  const unused: string[] = [];
  for (const [name, service] of Object.entries(composed)) {
    const isUsed = ({ target }: Volume) => used(name).includes(target);
    unused.push(...service.volumes.filter((volume) => !isUsed(volume)).map(({ target }) => target));
    composed[name] = { ...service, volumes: service.volumes.filter(isUsed) };
  }
  assert.deepEqual(unused, ['/store', '/store', '/run/secrets', '/etc/nightshift']);
  compareServices(composed, declared);
});

test('without the folder of the databases nothing starts', () => {
  assert.throws(() => composeServices({}), { message: /^DATA_FOLDER is not set: Set it to the folder/ });
});

import type { SecretKeyName } from './config/keys.ts';
import type { HostDeployment, SummaryPlan } from './deployment.ts';

export type ImageName = 'sqlite-backup' | 'backend-dailysummary';

/** Values that are known only during `up`. */
export type DeferredName = 'endpoint' | 'bucket' | 'region';

/** Where the value of a secret comes from: the stack's config, or the key that `up` created for the bucket. */
export type SecretSource = SecretKeyName | 'bucketAccessKey' | 'bucketSecretKey';

/** One long-running container, as plain data that both engines, the check of a new image and the tests read. */
export type ServiceSpec = {
  readonly name: string;
  readonly image: ImageName;
  readonly command: readonly string[];
  /** What a new image runs before it replaces the old: checks every part, schedules nothing. */
  readonly check: readonly string[];
  readonly environment: Readonly<Record<string, string | { readonly deferred: DeferredName }>>;
  /** Variable to secret; the service reads `NAME_FILE=/run/secrets/NAME`. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** Files that are not secret, by name below /etc/nightshift. */
  readonly files: Readonly<Record<string, string>>;
  readonly mounts: readonly ServiceMount[];
  readonly publish: { readonly ip: string; readonly external: number; readonly internal: number } | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly memoryMiB: number;
  /** How long it may take to stop: a running backup ends first. */
  readonly stopSeconds: number;
  readonly health: ServiceHealthCheck;
  /** Path to size. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly user: string;
};

export type ServiceMount = { readonly source: string; readonly target: string; readonly readOnly: boolean };

export type ServiceHealthCheck = {
  readonly test: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly startSeconds: number;
  readonly retries: number;
};

/** One name for each engine: a change of engine never removes a network that is in use. */
export function networkOf({ engine }: HostDeployment): string {
  return engine.kind === 'swarm' ? 'nightshift-swarm' : 'nightshift';
}

const user = '1000:1000';
const tmpfs = { '/tmp': '64m' };
/** How long a running backup may go on after SIGTERM. */
const graceSeconds = 900;

/** The services of one host, from its config alone. */
export function servicesOf(deployment: HostDeployment, secrets: readonly SecretKeyName[]): ServiceSpec[] {
  const backup = backupService(deployment, secrets);
  return deployment.summary === null ? [backup] : [backup, summaryService(deployment, deployment.summary, secrets)];
}

function backupService(deployment: HostDeployment, secrets: readonly SecretKeyName[]): ServiceSpec {
  const { backup, folders } = deployment;
  return {
    name: 'sqlite-backup',
    image: 'sqlite-backup',
    command: ['backup', '--schedule'],
    check: ['check'],
    environment: {
      ...common(deployment),
      ...storeEnvironment(deployment),
      ...optional({
        BACKUP_AGE_RECIPIENTS: backup.ageRecipients,
        BACKUP_SUSPECT_IGNORE: backup.suspectIgnore,
        RESTORE_SERVICES: backup.restoreServices,
      }),
      BACKUP_COMPRESSION: backup.compression,
      BACKUP_RETENTION_DAILY: String(backup.retentionDaily),
      BACKUP_RETENTION_WEEKLY: String(backup.retentionWeekly),
      STOP_GRACE_SECONDS: String(graceSeconds),
      HTTP_PORT: '8081',
    },
    secrets: {
      ...storeSecrets(deployment),
      ...mailSecrets(deployment, secrets),
      ...given(secrets, { BACKUP_PING_URL: 'backupPingUrl', BACKUP_AGE_IDENTITY: 'ageIdentity' }),
    },
    files: {},
    mounts: [...dataMounts(deployment), { source: `${folders.state}/staging`, target: '/staging', readOnly: false }],
    publish: null,
    labels: { 'nightshift.job': 'backup' },
    networks: [networkOf(deployment)],
    memoryMiB: deployment.memoryMiB,
    stopSeconds: graceSeconds + 10,
    // Not `nightshift health`, which reads the history: a service that hangs would look healthy for a day.
    health: { test: healthCommand(8081), intervalSeconds: 15, timeoutSeconds: 30, startSeconds: 600, retries: 3 },
    tmpfs,
    user,
  };
}

/** Requests the health endpoint from inside the container; the images have no curl. */
function healthCommand(port: number): string[] {
  const request = `fetch('http://127.0.0.1:${port}/healthz').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))`;
  return ['node', '-e', request];
}

function summaryService(
  deployment: HostDeployment,
  summary: SummaryPlan,
  secrets: readonly SecretKeyName[],
): ServiceSpec {
  const { front } = summary;
  return {
    name: 'backend-dailysummary',
    image: 'backend-dailysummary',
    command: ['summary', '--schedule'],
    check: ['summary', 'preview', '--out', '/tmp/preview'],
    environment: {
      ...common(deployment),
      ...optional({
        SUMMARY_RECIPIENTS: summary.recipients,
        SUMMARY_PUBLIC_URL: summary.url,
        SUMMARY_REPORT: summary.report === null ? null : '/etc/nightshift/report.yaml',
      }),
      SUMMARY_SCHEDULE_HOUR: String(summary.hour),
      SUMMARY_PORT: '8080',
    },
    secrets: {
      ...mailSecrets(deployment, secrets),
      ...given(secrets, {
        SUMMARY_PASSWORD_HASH: 'sitePasswordHash',
        SUMMARY_SIGNING_KEY: 'siteSigningKey',
        SUMMARY_PING_URL: 'summaryPingUrl',
      }),
    },
    files: summary.report === null ? {} : { 'report.yaml': summary.report },
    mounts: dataMounts(deployment),
    publish: front.kind === 'port' ? { ip: '127.0.0.1', external: front.port, internal: 8080 } : null,
    // By this label a restore recognizes nightshift's own services and stops neither.
    labels: {
      'nightshift.job': 'summary',
      ...(front.kind === 'labels' && summary.url !== null ? traefikLabels(new URL(summary.url).hostname) : {}),
    },
    networks: [networkOf(deployment), ...(front.kind === 'labels' && front.network !== null ? [front.network] : [])],
    memoryMiB: deployment.memoryMiB,
    stopSeconds: 60,
    health: { test: healthCommand(8080), intervalSeconds: 15, timeoutSeconds: 10, startSeconds: 60, retries: 3 },
    tmpfs,
    user,
  };
}

/** What both read; the summary judges the age of the last backup by the backups' schedule. */
function common({ databases, timeZone, mail, alertRecipients, backup }: HostDeployment): Record<string, string> {
  return {
    DATABASE_PATH: databases.map((name) => `/data/${name}`).join(','),
    STATE_DIR: '/state',
    TIME_ZONE: timeZone,
    BACKUP_SCHEDULE_HOUR: String(backup.hour),
    ...optional({
      BACKUP_SCHEDULE: backup.schedule,
      SMTP_HOST: mail?.host ?? null,
      SMTP_PORT: mail === null ? null : String(mail.port),
      SMTP_USER: mail?.user ?? null,
      SMTP_FROM: mail?.from ?? null,
      SMTP_EHLO_NAME: mail?.ehloName ?? null,
      ALERT_RECIPIENTS: alertRecipients,
    }),
  };
}

function storeEnvironment({ store }: HostDeployment): ServiceSpec['environment'] {
  if (store.kind === 'folder') return { BACKUP_STORE: 'file:///store' };
  return {
    BACKUP_STORE: 's3',
    LINODE_BUCKET: { deferred: 'bucket' },
    LINODE_ENDPOINT: { deferred: 'endpoint' },
    LINODE_REGION: { deferred: 'region' },
    STAGING_DIR: '/staging',
  };
}

function storeSecrets({ store }: HostDeployment): ServiceSpec['secrets'] {
  if (store.kind === 'folder') return {};
  if (store.kind === 's3') return { LINODE_ACCESS_KEY: 's3AccessKey', LINODE_SECRET_KEY: 's3SecretKey' };
  return { LINODE_ACCESS_KEY: 'bucketAccessKey', LINODE_SECRET_KEY: 'bucketSecretKey' };
}

function mailSecrets({ mail }: HostDeployment, secrets: readonly SecretKeyName[]): ServiceSpec['secrets'] {
  return mail === null ? {} : given(secrets, { SMTP_PASSWORD: 'smtpPassword' });
}

/** Data, history and a store folder, as bind mounts: they never create a folder, so with the disk unmounted no service starts. */
function dataMounts({ folders, store }: HostDeployment): ServiceMount[] {
  return [
    { source: folders.data, target: '/data', readOnly: false },
    { source: `${folders.state}/state`, target: '/state', readOnly: false },
    ...(store.kind === 'folder' ? [{ source: store.folder, target: '/store', readOnly: false }] : []),
  ];
}

function traefikLabels(hostname: string): Record<string, string> {
  const router = 'traefik.http.routers.nightshift-summary';
  return {
    'traefik.enable': 'true',
    [`${router}.rule`]: `Host(\`${hostname}\`)`,
    [`${router}.tls`]: 'true',
    'traefik.http.services.nightshift-summary.loadbalancer.server.port': '8080',
  };
}

function optional(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

function given(
  secrets: readonly SecretKeyName[],
  wanted: Readonly<Record<string, SecretKeyName>>,
): Record<string, SecretKeyName> {
  return Object.fromEntries(Object.entries(wanted).filter(([, source]) => secrets.includes(source)));
}

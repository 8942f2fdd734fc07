import type { Setting, SettingReader } from '../jobs/settings/setting.ts';
import { type KeylessName, type SecretKey, table } from '../jobs/settings/table.ts';
import type { HostDeployment, SummaryPlan } from './deployment.ts';

export type ImageName = 'sqlite-backup' | 'backend-dailysummary';

/** Values that are known only during `up`. */
export type DeferredName = 'endpoint' | 'bucket' | 'region';

/** Where the value of a secret comes from: the stack's config, or the key that `up` created for the bucket. */
export type SecretSource = SecretKey | 'bucketAccessKey' | 'bucketSecretKey';

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

/** The services of one host. Pure: what they are follows from the config alone. */
export function servicesOf(deployment: HostDeployment, rows: readonly Setting[] = table): ServiceSpec[] {
  const backup = backupService(deployment, rows);
  return deployment.summary === null ? [backup] : [backup, summaryService(deployment, deployment.summary, rows)];
}

function backupService(deployment: HostDeployment, rows: readonly Setting[]): ServiceSpec {
  const { folders } = deployment;
  const given = settingsFor(['backup', 'restore'], deployment, rows);
  return {
    name: 'sqlite-backup',
    image: 'sqlite-backup',
    command: ['backup', '--schedule'],
    check: ['check'],
    environment: { ...given.environment, ...jobEnvironment(deployment), ...backupEnvironment(deployment) },
    secrets: { ...storeSecrets(deployment), ...given.secrets },
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

function summaryService(deployment: HostDeployment, summary: SummaryPlan, rows: readonly Setting[]): ServiceSpec {
  const { front } = summary;
  const given = settingsFor(['summary'], deployment, rows);
  return {
    name: 'backend-dailysummary',
    image: 'backend-dailysummary',
    command: ['summary', '--schedule'],
    check: ['summary', 'preview', '--out', '/tmp/preview'],
    environment: { ...given.environment, ...jobEnvironment(deployment), ...summaryEnvironment(summary) },
    secrets: given.secrets,
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

/** What the stack sets of the settings that these jobs read. */
function settingsFor(
  readers: readonly SettingReader[],
  { environment, secretVariables }: HostDeployment,
  rows: readonly Setting[],
): Pick<ServiceSpec, 'environment' | 'secrets'> {
  const isRead = (name: string) =>
    rows.some((row) => row.environment === name && row.readBy.some((reader) => readers.includes(reader)));
  const read = <Value>(all: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isRead(name)));
  return { environment: read(environment), secrets: read(secretVariables) };
}

/** What the deployment sets by itself. */
type DeployedVariables = Readonly<Partial<Record<KeylessName, string | { readonly deferred: DeferredName }>>>;

function jobEnvironment({ databases }: HostDeployment) {
  const files = databases.map((name) => `/data/${name}`);
  return { DATABASE_PATH: files.join(','), STATE_DIR: '/state' } satisfies DeployedVariables;
}

function backupEnvironment({ store }: HostDeployment) {
  const service = { STOP_GRACE_SECONDS: String(graceSeconds), HTTP_PORT: '8081' };
  if (store.kind === 'folder') return { ...service, BACKUP_STORE: 'file:///store' } satisfies DeployedVariables;
  return {
    ...service,
    BACKUP_STORE: 's3',
    LINODE_BUCKET: { deferred: 'bucket' },
    LINODE_ENDPOINT: { deferred: 'endpoint' },
    LINODE_REGION: { deferred: 'region' },
    STAGING_DIR: '/staging',
  } satisfies DeployedVariables;
}

function summaryEnvironment({ report }: SummaryPlan) {
  const service = { SUMMARY_PORT: '8080' } satisfies DeployedVariables;
  if (report === null) return service;
  return { ...service, SUMMARY_REPORT: '/etc/nightshift/report.yaml' } satisfies DeployedVariables;
}

/** `up` creates the keys of a managed bucket; those of another server are settings. */
function storeSecrets({ store }: HostDeployment): ServiceSpec['secrets'] {
  if (store.kind !== 'managed') return {};
  return { LINODE_ACCESS_KEY: 'bucketAccessKey', LINODE_SECRET_KEY: 'bucketSecretKey' };
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

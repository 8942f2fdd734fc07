/** One key of the stack's config. `default: null`: there is none, and the key may be left out unless a block needs it. */
export type ConfigKey = {
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly default: string | number | boolean | null;
  readonly meaning: string;
  readonly secret: boolean;
  /** May differ from host to host in `hosts`. */
  readonly perHost: boolean;
};

const entry = (
  type: ConfigKey['type'],
  fallback: ConfigKey['default'],
  meaning: string,
  scope: 'host' | 'stack' = 'host',
): ConfigKey & { readonly secret: false } => ({
  type,
  default: fallback,
  meaning,
  secret: false,
  perHost: scope === 'host',
});

const secret = (meaning: string): ConfigKey & { readonly secret: true } => ({
  type: 'string',
  default: null,
  meaning,
  secret: true,
  perHost: false,
});

/** Every key below `nightshift:`, in the order of Pulumi.yaml (a test compares the two). */
export const configKeys = {
  sshHost: entry('string', null, 'IP or name of the existing host, such as 172.237.81.37'),
  sshUser: entry('string', 'root', 'user on the host; root, or one with sudo without a password who may use Docker'),
  sshPort: entry('integer', 22, 'port of SSH'),
  sshKeyFile: entry('string', null, 'private key file on this machine; else the SSH agent is asked'),
  sshHostKey: entry(
    'string',
    null,
    'public key that the host must show, as in /etc/ssh/ssh_host_ed25519_key.pub; else any',
  ),
  hostLabel: entry('string', null, 'label of an existing Linode, in place of sshHost'),
  hostCreate: entry('boolean', false, 'make the host: a new Linode called hostLabel, with Docker'),
  hostRegion: entry('string', null, 'region of a new host or volume, such as sg-sin-2 (never an S3 host name)'),
  hostType: entry('string', 'g6-nanode-1', 'plan of a new host'),
  hostPublicKey: entry('string', null, 'public SSH key that may log in to a new host'),
  hostFirewall: entry('boolean', false, 'firewall with 22, 80 and 443 open; always on for a new host'),
  dockerHost: entry('string', null, 'Docker engine, such as unix:///var/run/docker.sock; else over SSH'),
  platform: entry('string', 'linux/amd64', 'platform of the host: linux/amd64 or linux/arm64'),
  engine: entry('string', 'container', 'container (one machine), or swarm (Docker Swarm, one to many nodes)'),
  swarmNode: entry('string', null, 'host name of the Swarm node where the disk is; else any manager'),
  hosts: entry('array', null, 'several hosts: a list of {name, and keys of this table that differ}', 'stack'),

  bucket: entry('string', null, 'bucket made or adopted at Linode', 'stack'),
  bucketRegion: entry('string', null, 'region of the bucket as the API calls it: sg-sin-2, not sg-sin-1', 'stack'),
  bucketAdopt: entry('boolean', false, 'the bucket is there already: true for one `up`, then false', 'stack'),
  bucketOldVersionDays: entry('integer', 30, 'days until an overwritten or removed object is gone for good', 'stack'),
  s3Endpoint: entry('string', null, 'full URL of another S3 server, in place of a managed bucket', 'stack'),
  s3Bucket: entry('string', null, 'bucket on that server', 'stack'),
  storeFolder: entry('string', null, 'folder on the host for backups, in place of S3'),

  disk: entry('string', 'none', 'none, mounted (by hand, only looked at), create or adopt (a Linode volume)'),
  diskLabel: entry('string', null, 'label of the volume'),
  diskSize: entry('integer', null, 'size of the volume in GB; may grow, never shrink'),
  diskVolumeId: entry('integer', null, 'id of the volume to adopt; it is never formatted'),
  mountPoint: entry('string', null, 'where the volume is mounted, such as /mnt/blockstorage'),

  dataFolder: entry('string', null, 'folder of the databases on the host'),
  databases: entry('string', 'csv_data.db', 'file names of the databases in it, separated by commas'),
  stateFolder: entry('string', '/var/lib/nightshift', 'folder on the host for run history and work files'),
  configFolder: entry('string', '/etc/nightshift', 'folder on the host for settings and secrets'),
  commandFolder: entry('string', '/usr/local/bin', 'where the host gets its `nightshift` command'),
  replaceContainers: entry('boolean', false, 'containers of our names that are not ours may be stopped and removed'),
  healthTimeoutSeconds: entry('integer', 600, 'how long `up` waits for a service to become healthy'),
  memoryMiB: entry('integer', 1024, 'memory limit of each service'),

  timeZone: entry('string', 'Asia/Kuala_Lumpur', 'IANA time zone of schedules, names and log lines'),
  backupHour: entry('integer', 2, 'local hour of the nightly backup'),
  backupSchedule: entry('string', null, 'cron line of five fields, in place of backupHour'),
  backupCompression: entry('string', 'gzip', 'gzip or zstd'),
  backupRetentionDaily: entry('integer', 20, 'daily backups kept'),
  backupRetentionWeekly: entry('integer', 0, 'weekly backups kept; 0 keeps all'),
  backupAgeRecipients: entry('string', null, 'age public keys, separated by commas; encrypts backups'),
  backupSuspectIgnore: entry('string', null, 'tables whose emptying is no alarm, separated by commas'),
  restoreServices: entry('string', null, 'containers stopped during a restore, separated by commas'),

  smtpHost: entry('string', null, 'mail server for alerts and summaries'),
  smtpPort: entry('integer', 465, '465: TLS from the start; any other: STARTTLS'),
  smtpUser: entry('string', null, 'mail account'),
  smtpFrom: entry('string', null, 'sender; else smtpUser'),
  smtpEhloName: entry('string', null, 'name said to the mail server; else the domain of smtpFrom'),
  alertRecipients: entry('string', null, 'who hears of failures, separated by commas'),

  summary: entry('boolean', true, 'run the daily summary'),
  summaryHour: entry('integer', 8, 'local hour of the summary'),
  summaryRecipients: entry('string', null, 'who gets the summary, separated by commas'),
  summaryReport: entry('string', null, 'report file on this machine (YAML); else the database is profiled'),
  summaryUrl: entry('string', null, 'address of the summary page, such as https://daily.zygy.com'),
  summaryProxy: entry('string', 'port', 'TLS in front: caddy (ours), labels (a Traefik you have), port (127.0.0.1)'),
  summaryPort: entry('integer', 8080, 'port on 127.0.0.1 with summaryProxy port'),
  proxyNetwork: entry('string', null, 'Docker network of your Traefik, with summaryProxy labels'),
  domain: entry('string', null, 'domain at Linode in which the record of the page is written; else by hand'),

  s3AccessKey: secret('access key, with s3Endpoint'),
  s3SecretKey: secret('secret key, with s3Endpoint'),
  smtpPassword: secret('password of smtpUser'),
  sitePasswordHash: secret('hash that `nightshift summary hash-password` prints, with summaryUrl'),
  siteSigningKey: secret('16 random characters or more, with summaryUrl: `openssl rand -hex 32`'),
  backupPingUrl: secret("dead-man's switch of the backup"),
  summaryPingUrl: secret("dead-man's switch of the summary"),
  ageIdentity: secret('content of an age identity file, to read encrypted backups back'),
} as const satisfies Record<string, ConfigKey>;

export type ConfigKeyName = keyof typeof configKeys;

export type SecretKeyName = {
  [Name in ConfigKeyName]: (typeof configKeys)[Name]['secret'] extends true ? Name : never;
}[ConfigKeyName];

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../runtime/cli-context.ts';
import { Failure } from '../runtime/errors.ts';
import { type Problem, readValues } from './environment.ts';
import type { Values } from './variables.ts';

/** A database to look after. `name` is the file name without its ending and begins every object name. */
export type Database = { readonly name: string; readonly path: string };

export type StoreLocation =
  | { readonly kind: 'directory'; readonly folder: string }
  | {
      readonly kind: 's3';
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly accessKey: string;
      readonly secretKey: string;
    };

export type Compression = { readonly format: 'gzip' | 'zstd'; readonly level: number };

export type Smtp = {
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  /** What this host calls itself; null gives the domain of `from`. */
  readonly ehloName: string | null;
};

/** Everything the environment says, checked. Null means off. */
export type Settings = {
  readonly databases: readonly Database[];
  readonly store: StoreLocation;
  readonly stateDir: string;
  readonly stagingDir: string;
  readonly zone: string;
  /** Cron line of five fields, read in `zone`. */
  readonly schedule: string;
  readonly compression: Compression;
  readonly ageRecipients: readonly string[];
  readonly ageIdentityFile: string | null;
  readonly retention: { readonly daily: number; readonly weekly: number | null };
  /** Tables whose emptying makes no backup suspect. */
  readonly suspectIgnore: readonly string[];
  readonly pingUrl: string | null;
  readonly stopGraceSeconds: number;
  readonly httpPort: number | null;
  readonly restoreServices: readonly string[];
  readonly alerts: { readonly smtp: Smtp; readonly recipients: readonly string[] } | null;
  readonly summary: SummarySettings;
};

/** Settings for what never opens the store, and so needs no keys of the bucket. */
export type SettingsWithoutStore = Omit<Settings, 'store'>;

export type SummarySettings = {
  /** YAML file; null profiles the database. */
  readonly report: string | null;
  /** Cron line of five fields, read in `zone`. */
  readonly schedule: string;
  readonly catchUpHours: number;
  readonly recipients: readonly string[];
  /** Null writes mails to `outbox`. */
  readonly smtp: Smtp | null;
  /** Sender of what goes to the outbox. */
  readonly from: string;
  readonly outbox: string;
  readonly pingUrl: string | null;
  readonly publicUrl: string | null;
  readonly port: number;
  readonly passwordHash: string | null;
  readonly signingKey: string | null;
};

/** Reads all settings from an environment. Throws one SETTINGS_INVALID that lists every problem. */
export function readSettings(environment: Environment): Settings {
  return read(environment, (values, problems) => ({
    store: storeLocation(values, problems),
    ...assemble(values, problems),
  }));
}

/** The same, but the store's settings may be absent. */
export function readSettingsWithoutStore(environment: Environment): SettingsWithoutStore {
  return read(environment, assemble);
}

function read<T>(environment: Environment, assembled: (values: Values, problems: Problem[]) => T): T {
  const problems: Problem[] = [];
  const settings = assembled(readValues(environment, problems), problems);
  if (problems.length > 0) throw settingsFailure(problems);
  return settings;
}

function settingsFailure(problems: readonly Problem[]): Failure {
  const count = problems.length === 1 ? '1 setting is' : `${problems.length} settings are`;
  const lines = problems.map(({ variable, found, hint }) => `${variable} ${found}: ${hint}`);
  return new Failure('SETTINGS_INVALID', `${count} not usable; nothing was done.`, lines.join('\n'));
}

/** Reads what belongs together as one; a half-set group is a problem. Nulls here were reported before. */
function assemble(values: Values, problems: Problem[]): SettingsWithoutStore {
  const format = values.BACKUP_COMPRESSION ?? 'gzip';
  const level = format === 'gzip' ? values.BACKUP_GZIP_LEVEL : values.BACKUP_ZSTD_LEVEL;
  const hour = values.BACKUP_SCHEDULE_HOUR ?? 2;
  const smtp = smtpServer(values, problems);
  return {
    databases: databases(values.DATABASE_PATH ?? [], problems),
    stateDir: values.STATE_DIR ?? '',
    stagingDir: values.STAGING_DIR ?? '',
    zone: values.TIME_ZONE ?? 'UTC',
    schedule: values.BACKUP_SCHEDULE ?? `0 ${hour} * * *`,
    compression: { format, level: level ?? 9 },
    ageRecipients: values.BACKUP_AGE_RECIPIENTS ?? [],
    ageIdentityFile: values.BACKUP_AGE_IDENTITY,
    retention: { daily: values.BACKUP_RETENTION_DAILY ?? 20, weekly: values.BACKUP_RETENTION_WEEKLY || null },
    suspectIgnore: values.BACKUP_SUSPECT_IGNORE ?? [],
    pingUrl: withoutSlash(values.BACKUP_PING_URL),
    stopGraceSeconds: values.STOP_GRACE_SECONDS ?? 10,
    httpPort: values.HTTP_PORT,
    restoreServices: values.RESTORE_SERVICES ?? [],
    alerts: smtp === null || values.ALERT_RECIPIENTS === null ? null : { smtp, recipients: values.ALERT_RECIPIENTS },
    summary: summary(values, smtp),
  };
}

function summary(values: Values, smtp: Smtp | null): SummarySettings {
  return {
    report: values.SUMMARY_REPORT,
    schedule: `0 ${values.SUMMARY_SCHEDULE_HOUR ?? 8} * * *`,
    catchUpHours: values.SUMMARY_CATCH_UP_HOURS ?? 12,
    recipients: values.SUMMARY_RECIPIENTS ?? [],
    smtp,
    from: smtp?.from ?? values.SMTP_FROM ?? 'nightshift@localhost',
    outbox: values.SUMMARY_OUTBOX ?? path.join(values.STATE_DIR ?? '', 'outbox'),
    pingUrl: withoutSlash(values.SUMMARY_PING_URL),
    publicUrl: withoutSlash(values.SUMMARY_PUBLIC_URL),
    port: values.SUMMARY_PORT ?? 8080,
    passwordHash: values.SUMMARY_PASSWORD_HASH,
    signingKey: values.SUMMARY_SIGNING_KEY,
  };
}

function withoutSlash(address: string | null): string | null {
  return address?.replace(/\/+$/, '') ?? null;
}

function databases(paths: readonly string[], problems: Problem[]): Database[] {
  const all = paths.map((file) => ({ name: path.parse(file).name, path: path.resolve(file) }));
  const repeated = all.filter(({ name }, index) => all.findIndex((other) => other.name === name) < index);
  for (const { name, path: file } of repeated) {
    problems.push({
      variable: 'DATABASE_PATH',
      found: `names two databases called ${name} (${file} is the second)`,
      hint: 'backups are named after the file, so rename one of the files',
    });
  }
  for (const { name, path: file } of all.filter((database) => !/^[\w.-]+$/.test(database.name))) {
    problems.push({
      variable: 'DATABASE_PATH',
      found: `names ${file}, and "${name}" cannot begin an object name`,
      hint: 'use letters, digits, dot, dash and underscore in the file name',
    });
  }
  if (all.length === 0) {
    problems.push({ variable: 'DATABASE_PATH', found: 'names no file', hint: 'set it to the path of the database' });
  }
  return all;
}

function storeLocation(values: Values, problems: Problem[]): StoreLocation {
  const store = values.BACKUP_STORE ?? 's3';
  if (store !== 's3') return { kind: 'directory', folder: fileURLToPath(store) };
  const hint =
    'set it (or its _FILE) to a key of the bucket, or set BACKUP_STORE=file:///folder to back up to a folder';
  for (const name of ['LINODE_ACCESS_KEY', 'LINODE_SECRET_KEY'] as const) {
    const reported = problems.some(({ variable }) => variable.startsWith(name));
    if (values[name] === null && !reported) problems.push({ variable: name, found: 'is not set', hint });
  }
  const region = values.LINODE_REGION ?? '';
  return {
    kind: 's3',
    endpoint: values.LINODE_ENDPOINT ?? `https://${region}.linodeobjects.com`,
    region,
    bucket: values.LINODE_BUCKET ?? '',
    accessKey: values.LINODE_ACCESS_KEY ?? '',
    secretKey: values.LINODE_SECRET_KEY ?? '',
  };
}

function smtpServer(values: Values, problems: Problem[]): Smtp | null {
  const { SMTP_HOST: host, SMTP_USER: user, SMTP_PASSWORD: password, ALERT_RECIPIENTS: recipients } = values;
  const from = values.SMTP_FROM ?? user;
  const missing = (variable: string, found: string, hint: string) => problems.push({ variable, found, hint });
  if (user !== null && password === null)
    missing('SMTP_PASSWORD', 'is not set but SMTP_USER is', 'set both, or neither');
  if (password !== null && user === null)
    missing('SMTP_USER', 'is not set but SMTP_PASSWORD is', 'set both, or neither');
  if (host === null) {
    if (recipients !== null)
      missing('SMTP_HOST', 'is not set but ALERT_RECIPIENTS is', 'set it, or alerts reach nobody');
    else if (user !== null) missing('SMTP_HOST', 'is not set but SMTP_USER is', 'set it to the mail server');
    return null;
  }
  if (from === null) missing('SMTP_FROM', 'is not set', 'set it to the sender of the mails');
  const login = user === null || password === null ? null : { user, password };
  return { host, port: values.SMTP_PORT ?? 465, login, from: from ?? '', ehloName: values.SMTP_EHLO_NAME };
}

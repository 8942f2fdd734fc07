import path from 'node:path';
import type { Environment } from '../runtime/cli-context.ts';
import { databasesOf } from './databases.ts';
import { readEnvironment } from './environment.ts';
import { reportFolderProblem } from './folder-problems.ts';
import { requireNoProblems, type SettingProblem } from './problem.ts';
import { reportProxyProblems } from './proxy-problems.ts';
import type { SettingReader } from './setting.ts';
import { type Smtp, smtpOf } from './smtp.ts';
import { storeLocationOf } from './store-location.ts';
import { type JobValues, rowsReadBy } from './table.ts';

// What each job makes of its part of the table. Null means off.

export type BackupSettings = ReturnType<typeof backupSettings>;
export type BackupSettingsWithoutStore = ReturnType<typeof backupSettingsWithoutStore>;
export type RestoreSettings = ReturnType<typeof restoreSettings>;
export type SummarySettings = ReturnType<typeof summarySettings>;
export type AlertSettings = ReturnType<typeof alertSettings>;
export type Compression = BackupSettings['compression'];

/** Reads what a backup needs. Throws one SETTINGS_INVALID that lists every problem, as all of these do. */
export function readBackupSettings(environment: Environment): BackupSettings {
  return read(['backup'], environment, backupSettings);
}

/** The same for what never opens the store, and so needs no keys of the bucket. */
export function readBackupSettingsWithoutStore(environment: Environment): BackupSettingsWithoutStore {
  return read(['backup'], environment, backupSettingsWithoutStore);
}

export function readRestoreSettings(environment: Environment): RestoreSettings {
  return read(['restore'], environment, restoreSettings);
}

export function readSummarySettings(environment: Environment): SummarySettings {
  return read(['summary'], environment, summarySettings);
}

/** The alert channels of both services. */
export function readAlertSettings(environment: Environment): AlertSettings {
  return read(['backup', 'summary'], environment, alertSettings);
}

/** What a backup needs, once the settings of every job were checked: for `nightshift check`. */
export function readCheckSettings(environment: Environment): BackupSettings {
  return read(['backup', 'restore', 'summary'], environment, backupSettings);
}

function read<Reader extends SettingReader, Result>(
  readers: readonly Reader[],
  environment: Environment,
  settingsOf: (values: JobValues<NoInfer<Reader>>, problems: SettingProblem[]) => Result,
): Result {
  const problems: SettingProblem[] = [];
  const values = readEnvironment(rowsReadBy(readers), environment, problems);
  const settings = settingsOf(values, problems);
  const given = new Map<string, unknown>(Object.entries(values));
  for (const name of ['STATE_DIR', 'STAGING_DIR', 'SUMMARY_OUTBOX']) {
    const folder = given.get(name);
    if (typeof folder === 'string') reportFolderProblem(name, folder, problems);
  }
  reportProxyProblems(environment, problems);
  requireNoProblems(problems, { one: 'setting', many: 'settings', consequence: 'nothing was done' });
  return settings;
}

function backupSettings(values: JobValues<'backup'>, problems: SettingProblem[]) {
  return { store: storeLocationOf(values, problems), ...backupSettingsWithoutStore(values, problems) };
}

function backupSettingsWithoutStore(values: JobValues<'backup'>, problems: SettingProblem[]) {
  const format = values.BACKUP_COMPRESSION;
  return {
    databases: databasesOf(values.DATABASE_PATH, problems),
    /** What every key begins with; ends with a slash. */
    prefix: values.BACKUP_PREFIX,
    stateDir: values.STATE_DIR,
    stagingDir: values.STAGING_DIR,
    zone: values.TIME_ZONE,
    schedule: backupSchedule(values),
    compression: { format, level: format === 'gzip' ? values.BACKUP_GZIP_LEVEL : values.BACKUP_ZSTD_LEVEL },
    ageRecipients: values.BACKUP_AGE_RECIPIENTS ?? [],
    ageIdentityFile: values.BACKUP_AGE_IDENTITY,
    /** How many of each rung are kept; null: all, 0: no such rung. */
    retention: {
      hourly: values.BACKUP_RETENTION_HOURLY,
      daily: values.BACKUP_RETENTION_DAILY,
      weekly: values.BACKUP_RETENTION_WEEKLY || null,
      monthly: values.BACKUP_RETENTION_MONTHLY,
      yearly: values.BACKUP_RETENTION_YEARLY,
    },
    /** The most that is read a day to verify an old backup; 0: none is. */
    verifyBytes: values.BACKUP_VERIFY_MIB * 1024 * 1024,
    /** Tables whose emptying makes no backup suspect. */
    suspectIgnore: values.BACKUP_SUSPECT_IGNORE ?? [],
    pingUrl: withoutSlash(values.BACKUP_PING_URL),
    stopGraceSeconds: values.STOP_GRACE_SECONDS,
    httpPort: values.HTTP_PORT,
    alerts: alertsOf(values, smtpOf(values, problems)),
  };
}

function restoreSettings(values: JobValues<'restore'>, problems: SettingProblem[]) {
  return {
    store: storeLocationOf(values, problems),
    prefix: values.BACKUP_PREFIX,
    databases: databasesOf(values.DATABASE_PATH, problems),
    stateDir: values.STATE_DIR,
    zone: values.TIME_ZONE,
    ageIdentityFile: values.BACKUP_AGE_IDENTITY,
    restoreServices: values.RESTORE_SERVICES ?? [],
  };
}

function summarySettings(values: JobValues<'summary'>, problems: SettingProblem[]) {
  const smtp = smtpOf(values, problems);
  return {
    databases: databasesOf(values.DATABASE_PATH, problems),
    stateDir: values.STATE_DIR,
    stagingDir: values.STAGING_DIR,
    zone: values.TIME_ZONE,
    /** Of the backups, whose age the summary shows. */
    schedule: backupSchedule(values),
    stopGraceSeconds: values.STOP_GRACE_SECONDS,
    alerts: alertsOf(values, smtp),
    summary: {
      /** YAML file; null profiles the database. */
      report: values.SUMMARY_REPORT,
      /** Cron line of five fields, read in `zone`. */
      schedule: dailyAt(values.SUMMARY_SCHEDULE_HOUR),
      catchUpHours: values.SUMMARY_CATCH_UP_HOURS,
      recipients: values.SUMMARY_RECIPIENTS ?? [],
      /** Null writes emails to `outbox`. */
      smtp,
      /** Sender of what goes to the outbox. */
      from: smtp?.from ?? values.SMTP_FROM ?? 'nightshift@localhost',
      outbox: values.SUMMARY_OUTBOX ?? path.join(values.STATE_DIR, 'outbox'),
      webhookUrl: values.SUMMARY_WEBHOOK_URL,
      pingUrl: withoutSlash(values.SUMMARY_PING_URL),
      publicUrl: withoutSlash(values.SUMMARY_PUBLIC_URL),
      port: values.SUMMARY_PORT,
      passwordHash: values.SUMMARY_PASSWORD_HASH,
      signingKey: values.SUMMARY_SIGNING_KEY,
    },
  };
}

function alertSettings(values: JobValues<'backup' | 'summary'>, problems: SettingProblem[]) {
  return {
    alerts: alertsOf(values, smtpOf(values, problems)),
    pingUrl: withoutSlash(values.BACKUP_PING_URL),
    summaryPingUrl: withoutSlash(values.SUMMARY_PING_URL),
  };
}

function alertsOf(
  {
    ALERT_RECIPIENTS: recipients,
    ALERT_WEBHOOK_URL: webhookUrl,
  }: Pick<JobValues<'backup'>, 'ALERT_RECIPIENTS' | 'ALERT_WEBHOOK_URL'>,
  smtp: Smtp | null,
) {
  return { mail: smtp === null || recipients === null ? null : { smtp, recipients }, webhookUrl };
}

/** Cron line of five fields, read in the setting's zone. */
function backupSchedule(values: Pick<JobValues<'backup'>, 'BACKUP_SCHEDULE' | 'BACKUP_SCHEDULE_HOUR'>): string {
  return values.BACKUP_SCHEDULE ?? dailyAt(values.BACKUP_SCHEDULE_HOUR);
}

function dailyAt(hour: number): string {
  return `0 ${hour} * * *`;
}

function withoutSlash(address: string | null): string | null {
  return address?.replace(/\/+$/, '') ?? null;
}

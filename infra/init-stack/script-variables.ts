import type { ConfigKeyName } from '../config/keys.ts';

/** The stack key for a variable of the shell scripts, or the reason why there is none. */
export type KeyMapping = { readonly key: string } | { readonly reason: string };

const keys: Readonly<Record<string, ConfigKeyName>> = {
  TIME_ZONE: 'timeZone',
  BACKUP_SCHEDULE_HOUR: 'backupHour',
  BACKUP_SCHEDULE: 'backupSchedule',
  BACKUP_COMPRESSION: 'backupCompression',
  BACKUP_RETENTION_DAILY: 'backupRetentionDaily',
  BACKUP_RETENTION_WEEKLY: 'backupRetentionWeekly',
  BACKUP_AGE_RECIPIENTS: 'backupAgeRecipients',
  BACKUP_PING_URL: 'backupPingUrl',
  BACKUP_SUSPECT_IGNORE: 'backupSuspectIgnore',
  RESTORE_SERVICES: 'restoreServices',
  SMTP_HOST: 'smtpHost',
  SMTP_PORT: 'smtpPort',
  SMTP_USER: 'smtpUser',
  SMTP_PASSWORD: 'smtpPassword',
  SMTP_FROM: 'smtpFrom',
  SMTP_EHLO_NAME: 'smtpEhloName',
  ALERT_RECIPIENTS: 'alertRecipients',
  SUMMARY_SCHEDULE_HOUR: 'summaryHour',
  SUMMARY_RECIPIENTS: 'summaryRecipients',
  SUMMARY_PUBLIC_URL: 'summaryUrl',
  SUMMARY_PORT: 'summaryPort',
  SUMMARY_PASSWORD_HASH: 'sitePasswordHash',
  SUMMARY_SIGNING_KEY: 'siteSigningKey',
  SUMMARY_PING_URL: 'summaryPingUrl',
};

/** With another S3 server the access keys stay; for a bucket at Linode the deployment creates new ones. */
const otherServerKeys: Readonly<Record<string, ConfigKeyName>> = {
  LINODE_ENDPOINT: 's3Endpoint',
  LINODE_BUCKET: 's3Bucket',
  LINODE_ACCESS_KEY: 's3AccessKey',
  LINODE_SECRET_KEY: 's3SecretKey',
};

const reasons: Readonly<Record<string, string>> = {
  LINODE_ACCESS_KEY: '`up` creates its own keys for the bucket; delete the old one afterwards',
  LINODE_SECRET_KEY: '`up` creates its own keys for the bucket',
  LINODE_REGION: 'an S3 host name, not a region: set nightshift:bucketRegion (sg-sin-1 is in region sg-sin-2)',
  DATABASE_PATH: 'a path inside a container: set nightshift:dataFolder and nightshift:databases',
  BACKUP_AGE_IDENTITY: 'a file on the host: `pulumi config set --secret nightshift:ageIdentity < FILE`',
  SUMMARY_REPORT: 'a file on the host: copy it here and set nightshift:summaryReport to it',
  BACKUP_STORE: 'set nightshift:bucket, nightshift:s3Endpoint or nightshift:storeFolder',
};

const setByDeployment =
  /^(STATE_DIR|STAGING_DIR|STOP_GRACE_SECONDS|HTTP_PORT|BACKUP_(GZIP|ZSTD)_LEVEL|SUMMARY_OUTBOX)$/;

/** `endpoint`: the file names an S3 server other than Linode's. */
export function keyForVariable(name: string, endpoint: boolean): KeyMapping {
  const key =
    (endpoint ? otherServerKeys[name] : undefined) ?? keys[name] ?? (name === 'LINODE_BUCKET' ? 'bucket' : undefined);
  if (key !== undefined) return { key: `nightshift:${key}` };
  const reason = endpoint && name === 'LINODE_REGION' ? 'not used with another S3 server' : reasons[name];
  if (reason !== undefined) return { reason };
  return { reason: setByDeployment.test(name) ? 'set by the deployment' : 'not a nightshift setting' };
}

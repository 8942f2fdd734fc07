import type { BackupPlan, MailPlan, SummaryPlan } from '../deployment.ts';
import type { SecretKeyName } from './keys.ts';
import type { Reader } from './reader.ts';

export function databasesOf(read: Reader): string[] {
  const names = read
    .text('databases', 'a database is what is backed up')
    .split(',')
    .map((name) => name.trim());
  for (const name of names.filter((each) => !/^[\w-][\w.-]*$/.test(each)))
    read.report('databases', `has "${name}"`, 'give file names of letters, digits, dots and dashes');
  return names;
}

export function backupOf(read: Reader): BackupPlan {
  const schedule = read.matching('backupSchedule', /^\S+( \S+){4}$/, 'a cron line of five fields such as "30 2 * * *"');
  read.matching('backupAgeRecipients', /^age1[a-z0-9]{50,}(, ?age1[a-z0-9]{50,})*$/, 'age public keys, with commas');
  return {
    hour: read.whole('backupHour', 0, 23),
    schedule,
    compression: read.oneOf('backupCompression', ['gzip', 'zstd']),
    retentionDaily: read.whole('backupRetentionDaily', 1, 10_000),
    retentionWeekly: read.whole('backupRetentionWeekly', 0, 10_000),
    ageRecipients: read.optional('backupAgeRecipients'),
    suspectIgnore: read.optional('backupSuspectIgnore'),
    restoreServices: read.optional('restoreServices'),
  };
}

export function mailOf(read: Reader, secrets: readonly SecretKeyName[]): MailPlan | null {
  const host = read.matching('smtpHost', /^[\w.-]+$/, 'the name of the mail server');
  const user = read.optional('smtpUser');
  const from = read.optional('smtpFrom');
  const ehloName = read.matching(
    'smtpEhloName',
    /^(?![\d.]+$)[a-z\d-]+(\.[a-z\d-]+)*$|^\[(IPv6:)?[\da-f.:]+\]$/i,
    'a host name such as mail.example.com, or an address in brackets such as [192.0.2.1]',
  );
  const password = secrets.includes('smtpPassword');
  if (user !== null && !password)
    read.report('smtpPassword', 'is not set but smtpUser is', '`pulumi config set --secret nightshift:smtpPassword`');
  if (user === null && password)
    read.report('smtpUser', 'is not set but smtpPassword is', 'set it to the mail account');
  for (const key of ['alertRecipients', 'summaryRecipients'] as const) {
    const value = read.matching(key, /^[^@\s,]+@[^@\s,]+(, ?[^@\s,]+@[^@\s,]+)*$/, 'mail addresses, with commas');
    if (value !== null && host === null && key === 'alertRecipients')
      read.report('smtpHost', `is not set but ${key} is`, 'set it, or mails reach nobody');
  }
  if (host === null) {
    if (user !== null) read.report('smtpHost', 'is not set but smtpUser is', 'set it to the mail server');
    return null;
  }
  if (user === null && from === null)
    read.report('smtpFrom', 'is not set, nor is smtpUser', 'set it to the sender of the mails');
  return { host, port: read.whole('smtpPort', 1, 65_535), user, from, ehloName };
}

type Around = { readonly secrets: readonly SecretKeyName[]; readonly readFile: (file: string) => string };

export function summaryOf(read: Reader, { secrets, readFile }: Around): SummaryPlan {
  const url = read.matching('summaryUrl', /^https:\/\/[\w.-]+\/?$/, 'an address such as https://daily.example.com');
  for (const key of ['sitePasswordHash', 'siteSigningKey'] as const) {
    if (url !== null && !secrets.includes(key))
      read.report(key, 'is not set but summaryUrl is', `\`pulumi config set --secret nightshift:${key}\``);
  }
  return {
    hour: read.whole('summaryHour', 0, 23),
    recipients: read.optional('summaryRecipients'),
    report: reportOf(read, readFile),
    url,
    front: frontOf(read, url),
  };
}

function reportOf(read: Reader, readFile: (file: string) => string): string | null {
  const file = read.optional('summaryReport');
  if (file === null) return null;
  try {
    return readFile(file);
  } catch {
    read.report('summaryReport', `names ${file}, which cannot be read`, 'check the path, from the checkout');
    return null;
  }
}

function frontOf(read: Reader, url: string | null): SummaryPlan['front'] {
  const kind = read.oneOf('summaryProxy', ['port', 'caddy', 'labels']);
  if (kind !== 'port' && url === null)
    read.report('summaryUrl', `is not set but summaryProxy is ${kind}`, 'set it: the proxy needs the name');
  if (kind === 'caddy') return { kind };
  if (kind === 'labels') return { kind, network: read.optional('proxyNetwork') };
  return { kind, port: read.whole('summaryPort', 1, 65_535) };
}

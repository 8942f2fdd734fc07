import { Cron } from 'croner';
import { z } from 'zod';
import { hostNameWanted, isHostName } from '../runtime/host-name.ts';
import { isAgeRecipient } from './age-recipient.ts';

/** One environment variable: how its text becomes a value, what stands in its place, what the README says of it. */
export type Variable<T> = {
  readonly schema: z.ZodType<T, string>;
  readonly default: string | null;
  readonly meaning: string;
  readonly secret: boolean;
};

function variable<T>(schema: z.ZodType<T, string>, fallback: string | null, meaning: string): Variable<T> {
  return { schema, default: fallback, meaning, secret: false };
}

function secret<T>(schema: z.ZodType<T, string>, meaning: string): Variable<T> {
  return { schema, default: null, meaning, secret: true };
}

const text = z.string();

function whole(least: number, most: number) {
  const wanted = `a whole number from ${least} to ${most.toLocaleString('en-US')}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, wanted)
    .transform(Number)
    .refine((value) => value >= least && value <= most, wanted);
}

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const url = z.url({ protocol: /^https?$/, error: 'a full http:// or https:// address' });

const zone = z.string().refine(isTimeZone, 'an IANA time zone such as Asia/Kuala_Lumpur or Europe/Berlin');

const cron = z.string().refine(isCron, 'a cron line of five fields such as "30 2 * * *"');

const compression = z.enum(['gzip', 'zstd'], { error: 'gzip or zstd' });

const store = z
  .string()
  .refine((value) => value === 's3' || /^file:\/\/\/./.test(value), 's3, or a folder written as file:///folder');

const signingKey = z.string().min(16, 'a random text of 16 characters or more, such as `openssl rand -hex 32` prints');

const addresses = list.refine(
  (items) => items.every((item) => z.email().safeParse(item).success),
  'mail addresses separated by commas',
);

const hostName = z.string().refine(isHostName, hostNameWanted);

const ageRecipients = list.superRefine((items, check) => {
  const wrong = items.findIndex((item) => !isAgeRecipient(item));
  if (wrong < 0) return;
  const which = items.length === 1 ? 'this is none' : `number ${wrong + 1} is none`;
  const wanted = `age public keys as age-keygen printed them, separated by commas (${which}: mistyped, cut short, or a plugin's)`;
  check.addIssue({ code: 'custom', message: wanted });
});

/** Every variable nightshift reads, in the order of the README. `NAME_FILE` works for each. */
export const variables = {
  DATABASE_PATH: variable(list, '/data/csv_data.db', 'SQLite database, or several separated by commas'),
  BACKUP_STORE: variable(store, 's3', '`s3`, or `file:///folder` for a local or mounted folder'),
  LINODE_ACCESS_KEY: secret(text, 'access key of the bucket; required with `s3`'),
  LINODE_SECRET_KEY: secret(text, 'secret key of the bucket; required with `s3`'),
  LINODE_BUCKET: variable(text, 'zygy-backups-service', 'bucket name'),
  LINODE_REGION: variable(text, 'sg-sin-1', 'stem of the S3 host name, `https://<stem>.linodeobjects.com`'),
  LINODE_ENDPOINT: variable(url, null, 'full URL of any S3 server; else made from the region'),
  STATE_DIR: variable(text, '/state', 'run history'),
  STAGING_DIR: variable(text, '/staging', 'work files; a disk with room for a copy of the database, never tmpfs'),
  TIME_ZONE: variable(zone, 'Asia/Kuala_Lumpur', 'IANA time zone of schedule, names and log lines'),
  BACKUP_SCHEDULE_HOUR: variable(whole(0, 23), '2', 'local hour of the nightly backup'),
  BACKUP_SCHEDULE: variable(cron, null, 'cron line of five fields; takes the place of the hour'),
  BACKUP_COMPRESSION: variable(compression, 'gzip', '`gzip` or `zstd`'),
  BACKUP_GZIP_LEVEL: variable(whole(1, 9), '9', '1 (fast) to 9 (small)'),
  BACKUP_ZSTD_LEVEL: variable(whole(1, 19), '9', '1 (fast) to 19 (small)'),
  BACKUP_AGE_RECIPIENTS: variable(ageRecipients, null, 'age public keys, separated by commas; encrypts each backup'),
  BACKUP_AGE_IDENTITY: variable(text, null, 'age identity file, to read encrypted backups back'),
  BACKUP_RETENTION_DAILY: variable(whole(1, 10_000), '20', 'daily backups kept, the newest'),
  BACKUP_RETENTION_WEEKLY: variable(whole(0, 10_000), '0', 'weekly backups kept, the newest; 0 keeps all'),
  BACKUP_SUSPECT_IGNORE: variable(list, null, 'tables whose emptying is no alarm, separated by commas'),
  BACKUP_PING_URL: secret(url, "dead-man's switch, called with `/start`, then plain or `/fail` (as healthchecks.io)"),
  STOP_GRACE_SECONDS: variable(
    whole(0, 86_400),
    '10',
    'how long a backup, or a mail under way, may go on after SIGTERM',
  ),
  HTTP_PORT: variable(whole(1, 65_535), null, 'serves `/healthz` and Prometheus `/metrics`'),
  RESTORE_SERVICES: variable(
    list,
    null,
    'containers or Compose services stopped during a restore, separated by commas',
  ),
  SMTP_HOST: variable(text, null, 'mail server for alerts and summaries'),
  SMTP_PORT: variable(whole(1, 65_535), '465', '465: TLS from the start; any other: STARTTLS'),
  SMTP_USER: variable(text, null, 'mail account'),
  SMTP_PASSWORD: secret(text, 'its password'),
  SMTP_FROM: variable(text, null, 'sender; else `SMTP_USER`'),
  SMTP_EHLO_NAME: variable(hostName, null, 'name said to the mail server; else the domain of `SMTP_FROM`'),
  ALERT_RECIPIENTS: variable(addresses, null, 'who is told when backups or summaries fail and when they work again'),
  SUMMARY_RECIPIENTS: variable(addresses, null, 'who gets the daily summary, separated by commas'),
  SUMMARY_SCHEDULE_HOUR: variable(whole(0, 23), '8', 'local hour of the daily summary'),
  SUMMARY_CATCH_UP_HOURS: variable(whole(0, 168), '12', 'how late a summary missed during downtime may still go out'),
  SUMMARY_REPORT: variable(text, null, 'YAML file that says what to report; else the database is profiled'),
  SUMMARY_OUTBOX: variable(
    text,
    null,
    'folder of the mails while `SMTP_HOST` is not set; else `outbox` in `STATE_DIR`',
  ),
  SUMMARY_PING_URL: secret(url, 'the same switch for the daily summary'),
  SUMMARY_PUBLIC_URL: variable(url, null, 'address of the summary site; mails link to their page there'),
  SUMMARY_PORT: variable(whole(1, 65_535), '8080', 'port of the summary site; TLS is the work of a proxy'),
  SUMMARY_PASSWORD_HASH: secret(text, 'hash that `nightshift summary hash-password` prints; required by the site'),
  SUMMARY_SIGNING_KEY: secret(signingKey, 'signs sessions and links, at least 16 characters; required by the site'),
} satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof variables;

/** The value of each variable, null where it has none. */
export type Values = {
  [Name in VariableName]: (typeof variables)[Name] extends Variable<infer T> ? T | null : never;
};

function isTimeZone(value: string): boolean {
  if (/^[+-]/.test(value)) return false;
  try {
    Temporal.Now.zonedDateTimeISO(value);
    return true;
  } catch {
    return false;
  }
}

function isCron(value: string): boolean {
  if (value.trim().split(/\s+/).length !== 5) return false;
  try {
    return new Cron(value, { mode: '5-part' }).nextRun() !== null;
  } catch {
    return false;
  }
}

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cron } from 'croner';
import { z } from 'zod';
import { isAgeRecipient } from './age-recipient.ts';
import { isHostName } from './host-name.ts';

// How the text of a setting becomes its value. The message of each rule says what is wanted: "set it to …".
// The Pulumi program loads this file too, on Node 22.18: no Temporal here.

export const text = z.string();

export function matching(pattern: RegExp, wanted: string) {
  return z.string().regex(pattern, wanted);
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]) {
  return z.enum(choices, { error: choices.join(' or ') });
}

/** A whole number of at most nine digits, both bounds included. */
export function whole(least: number, most: number) {
  // Not by Intl: every command makes these texts when it starts, and Intl's data takes 20 ms to load.
  const wanted = `a whole number from ${least} to ${String(most).replace(/\B(?=(\d{3})+$)/g, ',')}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, wanted)
    .transform(Number)
    .pipe(z.int().min(least, wanted).max(most, wanted));
}

export const flag = z
  .enum(['true', 'false'], { error: 'true or false' })
  .transform((value) => value === 'true')
  .pipe(z.boolean());

/** Items separated by commas; empty ones do not count. */
export const list = z
  .string()
  .transform((value) => itemsOf(value, ','))
  .pipe(z.array(z.string()));

/** The same, or what a recipients file of age has: one a line, between empty lines and comments. */
const listOrLines = z
  .string()
  .transform((value) => itemsOf(value, '\n').flatMap((line) => (line.startsWith('#') ? [] : itemsOf(line, ','))))
  .pipe(z.array(z.string()));

function itemsOf(value: string, separator: string): string[] {
  return value
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export const url = z.url({ protocol: /^https?$/, error: 'a full http:// or https:// address' });

export const timeZone = z.string().refine(isTimeZone, 'an IANA time zone such as Asia/Kuala_Lumpur or Europe/Berlin');

export const cron = z.string().refine(isCron, 'a cron line of five fields such as "30 2 * * *"');

export const folder = z.string().refine(isOnDisk, 'a folder of a disk, not below /proc or /sys');

export const storeAddress = z
  .string()
  .refine(
    (value) => value === 's3' || isFolderAddress(value),
    's3, or a folder written as file:///folder (%23, %25 and %3F for #, % and ?), not below /proc or /sys',
  );

const keyPrefixWanted =
  'folders of letters, digits, dots, dashes and underscores such as shops/east/ (none begins with a dot or a dash, none is called hourly, daily, weekly, monthly, yearly, meta or state; 512 characters at most)';

/** Keys stay under the 1,024 bytes of S3: a name may have 300, and its folder and ending some. */
const longestPrefix = 512;

/**
 * Begins keys: parts as every store can keep them, none of them a folder that another host lists as its own, and a slash at the end,
 * which is added where it is missing.
 */
export const keyPrefix = z
  .string()
  .max(longestPrefix, keyPrefixWanted)
  .regex(
    /^(?!(?:.*\/)?(?:hourly|daily|weekly|monthly|yearly|meta|state)(?:\/|$))\w[\w.-]*(\/\w[\w.-]*)*\/?$/,
    keyPrefixWanted,
  )
  .transform((value) => value.replace(/\/?$/, '/'));

export const signingKey = z
  .string()
  .min(16, 'a random text of 16 characters or more, such as `openssl rand -hex 32` prints');

export const mailAddresses = list.refine(
  (items) => items.every((item) => z.email().safeParse(item).success),
  'mail addresses separated by commas',
);

export const mailServer = matching(/^[^\s/@]+$/, 'the host name of a mail server');

export const ehloName = z
  .string()
  .refine(isHostName, 'a host name such as mail.example.com, or an address in brackets such as [192.0.2.1]');

export const ageRecipients = listOrLines.superRefine((items, check) => {
  if (items.length === 0) {
    check.addIssue({ code: 'custom', message: 'age public keys as age-keygen printed them (there is none in it)' });
  }
  const wrong = items.findIndex((item) => !isAgeRecipient(item));
  if (wrong < 0) return;
  const which = items.length === 1 ? 'this is none' : `number ${wrong + 1} is none`;
  const wanted = `age public keys as age-keygen printed them, separated by commas (${which}: mistyped, cut short, or a plugin's)`;
  check.addIssue({ code: 'custom', message: wanted });
});

export const databaseFiles = list.refine(
  (names) => names.length > 0 && names.every((name) => /^[\w-][\w.-]*$/.test(name)),
  'file names of letters, digits, dots and dashes, separated by commas',
);

export const hostFolder = matching(
  /^(\/[\w.-]+)+$/,
  'a full path of letters, digits, dots and dashes, such as /mnt/blockstorage',
);

/** A list of objects, as Pulumi hands it over: JSON. */
export const objects = z
  .string()
  .transform(parsedJson)
  .pipe(
    z.array(z.record(z.string(), z.unknown()), {
      error: 'a list of objects, each with a name: `pulumi config set --path "nightshift:hosts[0].name" east`',
    }),
  );

function parsedJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

function isOnDisk(folder: string): boolean {
  return !/^\/+(proc|sys)(\/|$)/.test(path.resolve(folder));
}

/** What `URL` would take for something else than a part of the path (`#`, `?`, a backslash) is refused, not left out. */
function isFolderAddress(value: string): boolean {
  if (!/^file:\/\/\/[^#?\\]+$/.test(value)) return false;
  try {
    const folder = fileURLToPath(value);
    return !folder.includes('\0') && isOnDisk(folder);
  } catch {
    return false;
  }
}

function isTimeZone(value: string): boolean {
  if (/^[+-]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
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

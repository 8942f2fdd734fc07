import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Mail, mailAsBytes, sendMail } from '../monitoring/mail/mail.ts';
import { Failure } from '../runtime/errors.ts';
import type { SummarySettings } from '../settings/settings.ts';

/** Sends one mail and returns the reply of the server. Throws MAIL_* as sendMail does, or OUTBOX_UNWRITABLE. */
export type Mailer = (mail: Mail, day: string, signal: AbortSignal) => Promise<string>;

/** Sends by SMTP; without an SMTP host, writes files that any mail program opens to the outbox folder. */
export function createMailer(
  { smtp, outbox, from }: Pick<SummarySettings['summary'], 'smtp' | 'outbox' | 'from'>,
  options: Parameters<typeof sendMail>[3] = {},
): Mailer {
  if (smtp === null) return (mail, day) => writeToOutbox(outbox, from, mail, day);
  return async (mail, _day, signal) => (await sendMail(smtp, mail, signal, options)).reply;
}

async function writeToOutbox(outbox: string, from: string, mail: Mail, day: string): Promise<string> {
  const file = path.join(outbox, `${day}_${mail.to.replace(/[^\w.@+-]/g, '_')}.eml`);
  try {
    await mkdir(outbox, { recursive: true });
    await writeFile(`${file}.part`, await mailAsBytes(from, mail), { flush: true });
    await rename(`${file}.part`, file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'OUTBOX_UNWRITABLE',
      `The mail to ${mail.to} cannot be written to the outbox: ${reason}.`,
      'Set SMTP_HOST to send mails, or SUMMARY_OUTBOX to a folder this user may write.',
      error,
    );
  }
  return `written to ${file}`;
}

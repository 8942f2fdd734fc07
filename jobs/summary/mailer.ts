import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Mail, mailAsBytes, sendMail } from '../monitoring/mail/mail.ts';
import { makeFolder, syncFolder } from '../runtime/durable-folder.ts';
import { Failure } from '../runtime/errors.ts';
import type { SummarySettings } from '../settings/settings.ts';

/** What became of a mail: the server accepted it, or it is a file in the outbox. */
type MailResult = { readonly state: 'accepted' | 'written'; readonly reply: string };

/** Sends one mail. Throws MAIL_* as sendMail does, or OUTBOX_UNWRITABLE. */
export type Mailer = (mail: Mail, day: string, signal: AbortSignal) => Promise<MailResult>;

/** Sends by SMTP; without an SMTP host, writes files that any mail program opens to the outbox folder. */
export function createMailer(
  { smtp, outbox, from }: Pick<SummarySettings['summary'], 'smtp' | 'outbox' | 'from'>,
  options: Parameters<typeof sendMail>[3] = {},
): Mailer {
  if (smtp !== null) {
    return async (mail, _day, signal) => {
      const { reply } = await sendMail(smtp, mail, signal, options);
      return { state: 'accepted', reply };
    };
  }
  const reply = `written to ${outbox}, not sent`;
  return async (mail, day) => {
    await writeToOutbox(outbox, from, mail, day);
    return { state: 'written', reply };
  };
}

async function writeToOutbox(outbox: string, from: string, mail: Mail, day: string): Promise<void> {
  const file = path.join(outbox, `${day}_${mail.to.replace(/[^\w.@+-]/g, '_')}.eml`);
  try {
    await makeFolder(outbox);
    await writeFile(`${file}.part`, await mailAsBytes(from, mail), { flush: true });
    await rename(`${file}.part`, file);
    await syncFolder(outbox);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'OUTBOX_UNWRITABLE',
      `The mail to ${mail.to} cannot be written to the outbox: ${reason}.`,
      'Set SMTP_HOST to send email, or SUMMARY_OUTBOX to a folder this user may write.',
      error,
    );
  }
}

import { createHash } from 'node:crypto';
import type { Mail } from '../../monitoring/mail/mail.ts';
import { plural } from '../../runtime/format.ts';
import { localeFormat } from '../blocks/locale-format.ts';
import type { SummaryPage } from '../page/page-model.ts';
import { mailHtml } from './mail-html.ts';
import { mailText } from './mail-text.ts';
import { drawPictures } from './pictures.ts';

/** A day's mail before it has a recipient. */
export type SummaryMessage = {
  readonly day: string;
  readonly subject: string;
  readonly opening: string;
  /** The day's page on the site, or null. */
  readonly link: string | null;
} & Required<Pick<Mail, 'html' | 'text' | 'attachments'>>;

const maxSubjectLength = 120;

/** Makes the mail of a page. `link`: the page on the site, or null. Throws CHART_FONT_MISSING. */
export async function messageOf(page: SummaryPage, link: string | null): Promise<SummaryMessage> {
  const pictures = await drawPictures(page);
  return {
    day: page.day,
    subject: subjectOf(page),
    opening: page.opening,
    link,
    html: mailHtml(page, { link, imageSource: (id) => (pictures.has(id) ? `cid:${contentId(page.day, id)}` : null) }),
    text: mailText(page, link),
    attachments: [...pictures].map(([id, png]) => ({
      cid: contentId(page.day, id),
      filename: `${id}.png`,
      contentType: 'image/png',
      contentDisposition: 'inline',
      content: Buffer.from(png),
    })),
  };
}

/** The mail as files for a browser, by name. */
export async function previewOf(page: SummaryPage): Promise<Map<string, string | Uint8Array>> {
  const pictures = await drawPictures(page);
  return new Map<string, string | Uint8Array>([
    [
      `${page.day}.html`,
      mailHtml(page, { link: null, imageSource: (id) => (pictures.has(id) ? `${page.day}-${id}.png` : null) }),
    ],
    [`${page.day}.txt`, mailText(page, null)],
    ...[...pictures].map(([id, png]) => [`${page.day}-${id}.png`, png] as const),
  ]);
}

/** The message as it goes to one recipient. Its Message-ID is the same at every try, so that mailboxes recognise a copy. */
export function mailTo(recipient: string, message: SummaryMessage, from: string, date: Temporal.Instant): Mail {
  const { day, subject, html, text, attachments } = message;
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  const address = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from;
  const key = createHash('sha256').update(`daily\n${day}\n${recipient.toLowerCase()}`).digest('hex').slice(0, 24);
  return {
    to: recipient,
    subject,
    html,
    text,
    attachments,
    date,
    messageId: `<daily-summary.${day}.${key}@${domain}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'List-Id': `Daily summary <daily-summary.${domain}>`,
      'List-Unsubscribe': `<mailto:${address}?subject=unsubscribe>`,
    },
  };
}

/** What a mailbox lists: which summary, and of what day. */
export function subjectOf(page: SummaryPage): string {
  const count = page.warnings.length;
  const warningCount = count === 0 ? '' : ` (${plural(count, 'warning')})`;
  const line = `${page.title}, ${localeFormat(page.locale).longDay(page.day)}`
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return `${line.slice(0, maxSubjectLength - warningCount.length)}${warningCount}`;
}

function contentId(day: string, id: string): string {
  return `${id}.${day}@daily-summary`;
}

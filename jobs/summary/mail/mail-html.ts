import { html, raw } from 'hono/html';
import { localeFormat } from '../blocks/locale-format.ts';
import { type SummaryPage, warningsAfterOpening } from '../page/page-model.ts';
import type { Html, MailContext } from '../views/block-view.ts';
import { colours } from '../views/colours.ts';
import { styleSheet, styles } from '../views/mail-styles.ts';
import { blockRows } from './block-rows.ts';

/** Gmail hides what comes after 102 KB. */
const maxBytes = 80_000;

/** Tried in turn until the mail is small enough. */
const sizes = [
  ...[50, 20, 10, 5, 3].map((maxRows) => ({ maxRows, maxBlocks: Number.POSITIVE_INFINITY })),
  ...[40, 20, 10, 5, 1].map((maxBlocks) => ({ maxRows: 3, maxBlocks })),
];

/** The page as the HTML of a mail, under 80 KB: long tables are cut, with the number of omitted rows. */
export function mailHtml(page: SummaryPage, context: Pick<MailContext, 'link' | 'imageSource'>): string {
  let text = '';
  for (const size of sizes) {
    text = String(mailDocument(page, { ...context, ...size, locale: page.locale }));
    if (Buffer.byteLength(text) <= maxBytes) break;
  }
  return text;
}

function mailDocument(page: SummaryPage, context: MailContext): Html {
  return html`<!DOCTYPE html>
<html lang="${page.locale}" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${page.title}, ${localeFormat(page.locale).longDay(page.day)}</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->
<style>${raw(styleSheet)}</style>
</head>
<body class="background" style="margin:0;padding:0;background-color:${colours.background}">
<div style="display:none;font-size:0;line-height:0;color:${colours.background};mso-hide:all">${page.opening}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="background" style="background-color:${colours.background}"><tr><td align="center">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="page card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background-color:${colours.card}">
<tr><td class="edge" bgcolor="${colours.header}" style="padding:18px 24px;background-color:${colours.header}">
<p style="${styles.body};color:#ffffff;font-weight:600">${page.title}</p>
<p style="${styles.small};color:${colours.headerMuted}">${localeFormat(page.locale).longDay(page.day)}</p>
</td></tr>
<tr><td class="edge" style="padding:24px 24px 22px 24px"><h1 class="text opening" style="${styles.opening}">${page.opening}</h1></td></tr>
${warningsAfterOpening(page).map(warningRow)}${blockRows(page.blocks, context)}${context.link === null ? '' : buttonRow(context.link)}${footerRow(page)}</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
`;
}

function warningRow(text: string): Html {
  return html`<tr><td class="edge" style="padding:0 24px 14px 24px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="warn" style="${styles.warning}">${text}</td></tr></table></td></tr>\n`;
}

function buttonRow(link: string): Html {
  return html`<tr><td class="edge" style="padding:2px 24px 24px 24px"><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td class="button" bgcolor="${colours.accent}" style="background-color:${colours.accent};padding:11px 20px"><a class="button" href="${link}" style="${styles.body};color:#ffffff;font-weight:600;text-decoration:none">Open this day online</a></td></tr></table></td></tr>\n`;
}

/** The state of the backups, the assumptions, and how to unsubscribe. */
function footerRow({ backup, assumptions }: SummaryPage): Html {
  const tone = backup.ok ? html`class="muted" style="${styles.small}"` : html`class="warn" style="${styles.warning}"`;
  return html`<tr><td class="edge line" style="padding:16px 24px 24px 24px;border-top:1px solid ${colours.line}">
<p ${tone}><strong>Backup:</strong> ${backup.message}</p>
${assumptions.length === 0 ? '' : html`<p class="muted" style="${styles.small};padding-top:10px"><strong>Assumptions about this database:</strong> ${assumptions.join(' ')}</p>`}
<p class="muted" style="${styles.small};padding-top:10px">Sent by nightshift every day. To unsubscribe, reply to this email.</p>
</td></tr>\n`;
}

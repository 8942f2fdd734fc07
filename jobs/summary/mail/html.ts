import { html, raw } from 'hono/html';
import { type Page, warningsAfterOpening } from '../page.ts';
import { wordsFor } from '../site/view/words.ts';
import { blockRows } from './blocks.ts';
import { colours } from './colours.ts';
import { styleSheet, styles } from './style.ts';

/** How much of a page a mail shows, and where it finds its pictures. */
export type Shown = {
  /** Rows of each table. */
  readonly rows: number;
  readonly blocks: number;
  /** Address of the page on the site; null when there is none. */
  readonly link: string | null;
  /** Null: the block has no picture. */
  readonly imageSource: (id: string) => string | null;
  /** BCP 47. */
  readonly locale: string;
};

/** Gmail hides what comes after 102 KB. */
const mostBytes = 80_000;

/** Tried in turn until the mail is small enough. */
const sizes = [50, 20, 10, 5, 3].map((rows) => ({ rows, blocks: Number.POSITIVE_INFINITY }));
const smallest = [40, 20, 10, 5, 1].map((blocks) => ({ rows: 3, blocks }));

/** The page as the HTML of a mail, under 80 KB: long tables are cut, and say so. */
export function mailHtml(page: Page, where: Pick<Shown, 'link' | 'imageSource'>): string {
  let made = '';
  for (const size of [...sizes, ...smallest]) {
    made = String(documentOf(page, { ...where, ...size, locale: page.locale }));
    if (Buffer.byteLength(made) <= mostBytes) break;
  }
  return made;
}

function documentOf(page: Page, shown: Shown) {
  return html`<!DOCTYPE html>
<html lang="${page.locale}" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${page.title}, ${wordsFor(page.locale).longDay(page.day)}</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->
<style>${raw(styleSheet)}</style>
</head>
<body class="paper" style="margin:0;padding:0;background-color:${colours.paper}">
<div style="display:none;font-size:0;line-height:0;color:${colours.paper};mso-hide:all">${page.opening}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="paper" style="background-color:${colours.paper}"><tr><td align="center">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="page card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background-color:${colours.card}">
<tr><td class="edge" bgcolor="${colours.band}" style="padding:18px 24px;background-color:${colours.band}">
<p style="${styles.body};color:#ffffff;font-weight:600">${page.title}</p>
<p style="${styles.small};color:${colours.bandMuted}">${wordsFor(page.locale).longDay(page.day)}</p>
</td></tr>
<tr><td class="edge" style="padding:24px 24px 22px 24px"><h1 class="ink opening" style="${styles.opening}">${page.opening}</h1></td></tr>
${warningsAfterOpening(page).map(warningRow)}${blockRows(page, shown)}${shown.link === null ? '' : buttonRow(shown.link)}${endRow(page)}</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
`;
}

function warningRow(text: string) {
  return html`<tr><td class="edge" style="padding:0 24px 14px 24px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="warn" style="${styles.warning}">${text}</td></tr></table></td></tr>\n`;
}

function buttonRow(link: string) {
  return html`<tr><td class="edge" style="padding:2px 24px 24px 24px"><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td class="button" bgcolor="${colours.accent}" style="background-color:${colours.accent};padding:11px 20px"><a class="button" href="${link}" style="${styles.body};color:#ffffff;font-weight:600;text-decoration:none">Open the page of this day</a></td></tr></table></td></tr>\n`;
}

/** The state of the backups, what was assumed, and why this mail came. */
function endRow({ backup, assumptions }: Page) {
  const tone = backup.ok ? html`class="muted" style="${styles.small}"` : html`class="warn" style="${styles.warning}"`;
  return html`<tr><td class="edge line" style="padding:16px 24px 24px 24px;border-top:1px solid ${colours.line}">
<p ${tone}><strong>Backup:</strong> ${backup.message}</p>
${assumptions.length === 0 ? '' : html`<p class="muted" style="${styles.small};padding-top:10px"><strong>Assumed, as nobody described this database:</strong> ${assumptions.join(' ')}</p>`}
<p class="muted" style="${styles.small};padding-top:10px">Sent by nightshift every day. To get it no more, answer this mail.</p>
</td></tr>\n`;
}

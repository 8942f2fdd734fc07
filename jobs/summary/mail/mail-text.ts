import { localeFormat } from '../blocks/locale-format.ts';
import { type SummaryPage, warningsAfterOpening } from '../page/page-model.ts';
import { viewOf } from '../views/block-views.ts';

/** The page as plain text, for mail readers without HTML. */
export function mailText(page: SummaryPage, link: string | null): string {
  const parts = [
    `${page.title}\n${localeFormat(page.locale).longDay(page.day)}`,
    page.opening,
    ...warningsAfterOpening(page).map((warning) => `! ${warning}`),
    ...page.blocks.map((block) => viewOf(block).text(block)),
    ...(link === null ? [] : [`This day online:\n${link}`]),
    `Backup: ${page.backup.message}`,
    ...(page.assumptions.length === 0
      ? []
      : [`Assumptions about this database:\n${page.assumptions.map((line) => `- ${line}`).join('\n')}`]),
    '-- \nSent by nightshift every day. To unsubscribe, reply to this email.',
  ];
  return `${parts.join('\n\n')}\n`;
}

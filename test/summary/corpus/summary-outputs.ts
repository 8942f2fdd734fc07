import { mailHtml } from '../../../jobs/summary/mail/mail-html.ts';
import { mailText } from '../../../jobs/summary/mail/mail-text.ts';
import { subjectOf } from '../../../jobs/summary/mail/message.ts';
import { makePage } from '../../../jobs/summary/page/make-page.ts';
import type { SummaryPage } from '../../../jobs/summary/page/page-model.ts';
import { profileDatabase } from '../../../jobs/summary/profile/profile.ts';
import { openForReports } from '../../../jobs/summary/queries/report-connection.ts';
import { runQuery } from '../../../jobs/summary/queries/run-query.ts';
import { reportYaml } from '../../../jobs/summary/report/report-yaml.ts';
import { readAssets } from '../../../jobs/summary/site/assets.ts';
import { csvOf } from '../../../jobs/summary/site/csv.ts';
import { dayPage } from '../../../jobs/summary/site/pages/day-page.ts';
import type { CorpusDatabase } from './corpus-database.ts';
import { summaryTime } from './make-database.ts';

/** Everything that a summary of a database without a report puts out. */
export interface SummaryOutputs {
  readonly page: SummaryPage;
  readonly subject: string;
  /** By name: the mail, the site's page, tables as CSV, the report that `init` writes. */
  readonly texts: ReadonlyMap<string, string>;
}

const link = 'https://daily.example/day';
const assets = readAssets();
const frame = { assets, scope: 'all', signOutPath: '/logout', brand: 'shop' } as const;

/** Makes the summary of a corpus database, in this process, as the scheduler would the next morning. */
export async function summaryOutputs(file: string, database: CorpusDatabase): Promise<SummaryOutputs> {
  const { day, zone } = database;
  const connection = openForReports(file, zone);
  const run = async (query: Parameters<typeof runQuery>[1]) => runQuery(connection, query);
  try {
    const page = await makePage(day, {
      database: { name: 'shop', path: file },
      report: null,
      zone,
      clock: { now: () => summaryTime(database) },
      backup: { ok: true, message: 'The last backup is 6 h old.' },
      signal: new AbortController().signal,
      startQueries: () => ({ run, close: () => {} }),
    });
    const subject = subjectOf(page);
    const html = mailHtml(page, { link, imageSource: (id) => (hasPicture(page, id) ? `${id}.png` : null) });
    const { report, assumptions } = await profileDatabase(run, 'shop', day, zone);
    const tables = page.blocks.flatMap((block) =>
      block.kind === 'table' || block.kind === 'exceptions' ? [[`${block.id}.csv`, csvOf(block)] as const] : [],
    );
    const texts = new Map([
      ['page', JSON.stringify(page)],
      ['subject', subject],
      ['mail.html', html],
      ['mail.txt', mailText(page, link)],
      ['site', String(await dayPage(frame, page, { previous: null, next: null }))],
      ['report.yaml', report === null ? '' : reportYaml(report, assumptions)],
      ...tables,
    ]);
    return { page, subject, texts };
  } finally {
    connection.close();
  }
}

/** Pictures are not drawn here; what is said in their place is. A line of one day has no picture. */
function hasPicture({ blocks }: SummaryPage, id: string): boolean {
  const block = blocks.find((one) => one.id === id);
  return block?.kind !== 'kpi' || block.sparkline.filter((value) => value !== null).length > 1;
}

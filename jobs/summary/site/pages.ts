import type { Context, Hono } from 'hono';
import type { Assets } from './assets.ts';
import { isDay, monthOf, monthOfDay, neighbours } from './calendar.ts';
import { csvOf } from './csv.ts';
import type { Gate } from './gate.ts';
import type { SiteMeans } from './site.ts';
import { backupState } from './status/backups.ts';
import { summaryStates } from './status/summaries.ts';
import { calendarPage } from './view/calendar-page.ts';
import { dayPage } from './view/day-page.ts';
import type { Frame } from './view/layout.ts';
import { messagePage } from './view/sign-in-page.ts';
import { statusPage } from './view/status-page.ts';

type Means = SiteMeans & { readonly assets: Assets; readonly gate: Gate; readonly gapSeconds: number };

type Answer = Response | Promise<Response>;

/** Adds what a visitor with a session may see. Without one, every path asks for the password. */
export function addPages(app: Hono, means: Means): void {
  const { archive, assets, clock, gate, history, settings } = means;
  const days = () => archive.days().toSorted();
  const newestPage = () => {
    const newest = days().at(-1);
    return newest === undefined ? null : archive.pageOf(newest);
  };
  const frameOf = (scope: Frame['scope'], title?: string): Frame => ({
    assets,
    scope,
    brand: title ?? 'Daily summary',
  });

  /** Shows a page to those who may see everything. */
  const whole =
    (show: (c: Context, frame: Frame) => Answer) =>
    (c: Context): Answer =>
      gate.sessionFor(c, null) === null ? gate.ask(c, 401) : show(c, frameOf('all', newestPage()?.title));

  const missing = (c: Context, frame: Frame, sentence: string) =>
    c.html(messagePage(frame, 'Not found', sentence), 404);

  app.get(
    '/',
    whole((c, frame) => {
      const newest = days().at(-1);
      if (newest !== undefined) return c.redirect(`/day/${newest}`, 303);
      return c.html(messagePage(frame, 'Nothing yet', 'The first summary appears here once it was made.'));
    }),
  );

  app.get('/day/:day', (c) => {
    const day = c.req.param('day');
    const session = gate.sessionFor(c, day);
    if (session === null) return gate.ask(c, 401);
    const page = isDay(day) ? archive.pageOf(day) : null;
    const frame = frameOf(session.scope, page?.title);
    if (page === null) return missing(c, frame, 'No summary of this day is kept.');
    return c.html(dayPage(frame, page, neighbours(day, days())));
  });

  app.get('/day/:day/table/:file', (c) => {
    const { day, file } = c.req.param();
    const session = gate.sessionFor(c, day);
    if (session === null) return gate.ask(c, 401);
    const id = /^(.+)\.csv$/.exec(file)?.[1];
    const page = isDay(day) ? archive.pageOf(day) : null;
    const table = page?.blocks.find((block) => block.kind === 'table' && block.id === id);
    if (table?.kind !== 'table') return missing(c, frameOf(session.scope, page?.title), 'No such table is kept.');
    return c.body(csvOf(table), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${table.id.replace(/[^\w.-]/g, '_')}-${day}.csv"`,
    });
  });

  const calendar =
    (month: string | undefined) =>
    (c: Context, frame: Frame): Answer => {
      const kept = days();
      const shown =
        month ?? monthOfDay(kept.at(-1) ?? clock.now().toZonedDateTimeISO(settings.zone).toPlainDate().toString());
      if (!isDay(`${shown}-01`)) return missing(c, frame, 'There is no such month.');
      const pages = kept.filter((day) => monthOfDay(day) === shown).flatMap((day) => archive.pageOf(day) ?? []);
      return c.html(calendarPage(frame, monthOf(shown, kept), new Map(pages.map((page) => [page.day, page]))));
    };
  app.get('/calendar', whole(calendar(undefined)));
  app.get('/calendar/:month', (c) => whole(calendar(c.req.param('month')))(c));

  app.get(
    '/status',
    whole((c, frame) => {
      const now = clock.now();
      const yesterday = now.toZonedDateTimeISO(settings.zone).toPlainDate().subtract({ days: 1 }).toString();
      const past = history();
      const backups =
        past === null ? null : settings.databases.map(({ name }) => backupState(past, name, now, means.gapSeconds));
      past?.close();
      return c.html(statusPage(frame, { zone: settings.zone, summaries: summaryStates(yesterday, means), backups }));
    }),
  );

  app.all(
    '*',
    whole((c, frame) => missing(c, frame, 'There is no such page.')),
  );
}

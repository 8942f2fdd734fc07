import type { Context, Hono } from 'hono';
import type { Page, Table } from '../page.ts';
import type { Session } from './access/sessions.ts';
import type { Assets } from './assets.ts';
import { isDay, monthOf, monthOfDay, neighbours } from './calendar.ts';
import { csvOf } from './csv.ts';
import type { Gate } from './gate.ts';
import type { SiteMeans } from './site.ts';
import { statusFacts } from './status/facts.ts';
import { calendarPage } from './view/calendar-page.ts';
import { dayPage } from './view/day-page.ts';
import type { Frame } from './view/layout.ts';
import { messagePage } from './view/sign-in-page.ts';
import { statusPage } from './view/status-page.ts';

type Means = SiteMeans & { readonly assets: Assets; readonly gate: Gate };
type Answer = Response | Promise<Response>;

/** Adds what a visitor with a session may see. Without one, every path asks for the password. */
export function addPages(app: Hono, means: Means): void {
  const { gate } = means;

  /** For those who may see everything. */
  const whole = (show: (c: Context, frame: Frame) => Answer) => (c: Context) => {
    const session = gate.sessionFor(c, null);
    return session === null ? gate.ask(c, 401) : show(c, frameFor(session, newestPage(means), means));
  };

  /** For those, and for who followed the link of this day. */
  const ofDay = (show: (c: Context, frame: Frame, page: Page | null) => Answer) => (c: Context) => {
    const day = c.req.param('day') ?? '';
    const session = gate.sessionFor(c, day);
    if (session === null) return gate.ask(c, 401);
    const page = isDay(day) ? means.archive.pageOf(day) : null;
    return show(c, frameFor(session, page, means), page);
  };

  app.get('/', whole(toNewest(means)));
  app.get('/day/:day', ofDay(showDay(means)));
  app.get('/day/:day/table/:file', ofDay(sendTable));
  app.get('/calendar', whole(showMonth(means)));
  app.get('/calendar/:month', whole(showMonth(means)));
  app.get(
    '/status',
    whole(async (c, frame) => c.html(statusPage(frame, await statusFacts(means)))),
  );
  app.all(
    '*',
    whole((c, frame) => missing(c, frame, 'There is no such page.')),
  );
}

function toNewest({ archive }: Means) {
  return (c: Context, frame: Frame): Answer => {
    const newest = daysOf(archive).at(-1);
    if (newest !== undefined) return c.redirect(`/day/${newest}`, 303);
    return c.html(messagePage(frame, 'Nothing yet', 'The first summary appears here once it was made.'));
  };
}

function showDay({ archive }: Means) {
  return (c: Context, frame: Frame, page: Page | null): Answer => {
    if (page === null) return missing(c, frame, 'No summary of this day is kept.');
    return c.html(dayPage(frame, page, neighbours(page.day, daysOf(archive))));
  };
}

function sendTable(c: Context, frame: Frame, page: Page | null): Answer {
  const id = /^(.+)\.csv$/.exec(c.req.param('file') ?? '')?.[1];
  const table = page?.blocks.find((block): block is Table => block.kind === 'table' && block.id === id);
  if (page === null || table === undefined) return missing(c, frame, 'No such table is kept.');
  return c.body(csvOf(table), 200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${table.id.replace(/[^\w.-]/g, '_')}-${page.day}.csv"`,
  });
}

/** The month that is asked for; else the newest that has a summary, else this one. */
function showMonth({ archive, clock, settings }: Means) {
  return (c: Context, frame: Frame): Answer => {
    const days = daysOf(archive);
    const today = clock.now().toZonedDateTimeISO(settings.zone).toPlainDate().toString();
    const month = c.req.param('month') ?? monthOfDay(days.at(-1) ?? today);
    if (!isDay(`${month}-01`)) return missing(c, frame, 'There is no such month.');
    const pages = days.filter((day) => monthOfDay(day) === month).flatMap((day) => archive.pageOf(day) ?? []);
    return c.html(calendarPage(frame, monthOf(month, days), new Map(pages.map((page) => [page.day, page]))));
  };
}

function missing(c: Context, frame: Frame, message: string): Answer {
  return c.html(messagePage(frame, 'Not found', message), 404);
}

function frameFor(session: Session, page: Page | null, { assets }: Means): Frame {
  const exit = session.scope === 'all' ? '/logout' : `/day/${session.day}/leave`;
  return { assets, scope: session.scope, exit, brand: page?.title ?? 'Daily summary' };
}

function newestPage({ archive }: Means): Page | null {
  const newest = daysOf(archive).at(-1);
  return newest === undefined ? null : archive.pageOf(newest);
}

/** Oldest first. */
function daysOf(archive: Means['archive']): string[] {
  return archive.days().toSorted();
}

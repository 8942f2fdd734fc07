import type { Context, Hono } from 'hono';
import { localDay } from '../../runtime/clock.ts';
import type { ExceptionsBlock, SummaryPage, TableBlock } from '../page/page-model.ts';
import type { Session } from './access/sessions.ts';
import type { Assets } from './assets.ts';
import { isDay, monthOf, monthOfDay, neighbours } from './calendar.ts';
import { csvOf } from './csv.ts';
import { calendarPage } from './pages/calendar-page.ts';
import { dayPage } from './pages/day-page.ts';
import type { PageFrame } from './pages/layout.ts';
import { messagePage } from './pages/sign-in-page.ts';
import { statusPage } from './pages/status-page.ts';
import type { SessionGuard } from './session-guard.ts';
import type { SiteDeps } from './site-deps.ts';
import { readStatus } from './status/read-status.ts';

type PageRouteDeps = SiteDeps & { readonly assets: Assets; readonly guard: SessionGuard };
type Reply = Response | Promise<Response>;

/** Adds the pages that need a session. Without one, every path gets the sign-in form. */
export function addPageRoutes(app: Hono, deps: PageRouteDeps): void {
  const { guard } = deps;

  /** For sessions that may see everything. */
  const requireSession = (show: (c: Context, frame: PageFrame) => Reply) => (c: Context) => {
    const session = guard.sessionFor(c, null);
    return session === null ? guard.signInForm(c, 401) : show(c, frameFor(session, newestPage(deps), deps));
  };

  /** For those, and for sessions of this day. */
  const requireDaySession =
    (show: (c: Context, frame: PageFrame, page: SummaryPage | null) => Reply) => (c: Context) => {
      const day = c.req.param('day') ?? '';
      const session = guard.sessionFor(c, day);
      if (session === null) return guard.signInForm(c, 401);
      const page = isDay(day) ? deps.archive.pageOf(day) : null;
      return show(c, frameFor(session, page, deps), page);
    };

  app.get('/', requireSession(redirectToNewest(deps)));
  app.get('/day/:day', requireDaySession(showDay(deps)));
  app.get('/day/:day/table/:file', requireDaySession(sendTable));
  app.get('/calendar', requireSession(showMonth(deps)));
  app.get('/calendar/:month', requireSession(showMonth(deps)));
  app.get(
    '/status',
    requireSession(async (c, frame) => c.html(statusPage(frame, await readStatus(deps)))),
  );
  app.all(
    '*',
    requireSession((c, frame) => notFound(c, frame, 'There is no such page.')),
  );
}

function redirectToNewest({ archive }: PageRouteDeps) {
  return (c: Context, frame: PageFrame): Reply => {
    const newest = archive.days().at(-1);
    if (newest !== undefined) return c.redirect(`/day/${newest}`, 303);
    return c.html(messagePage(frame, 'Nothing yet', 'The first summary appears here once it is created.'));
  };
}

function showDay({ archive }: PageRouteDeps) {
  return (c: Context, frame: PageFrame, page: SummaryPage | null): Reply => {
    if (page === null) return notFound(c, frame, 'There is no summary for this day.');
    return c.html(dayPage(frame, page, neighbours(page.day, archive.days())));
  };
}

function sendTable(c: Context, frame: PageFrame, page: SummaryPage | null): Reply {
  const id = /^(.+)\.csv$/.exec(c.req.param('file') ?? '')?.[1];
  const table = page?.blocks.find(
    (block): block is TableBlock | ExceptionsBlock =>
      (block.kind === 'table' || block.kind === 'exceptions') && block.id === id,
  );
  if (page === null || table === undefined) return notFound(c, frame, 'There is no such table.');
  return c.body(csvOf(table), 200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${table.id.replace(/[^\w.-]/g, '_')}-${page.day}.csv"`,
  });
}

/** The requested month; else the newest that has a summary, else this one. */
function showMonth({ archive, clock, zone }: PageRouteDeps) {
  return (c: Context, frame: PageFrame): Reply => {
    const days = archive.days();
    const today = localDay(clock.now(), zone);
    const month = c.req.param('month') ?? monthOfDay(days.at(-1) ?? today);
    if (!isDay(`${month}-01`)) return notFound(c, frame, 'There is no such month.');
    const pages = days.filter((day) => monthOfDay(day) === month).flatMap((day) => archive.pageOf(day) ?? []);
    return c.html(calendarPage(frame, monthOf(month, days), new Map(pages.map((page) => [page.day, page]))));
  };
}

function notFound(c: Context, frame: PageFrame, message: string): Reply {
  return c.html(messagePage(frame, 'Not found', message), 404);
}

function frameFor(session: Session, page: SummaryPage | null, { assets }: PageRouteDeps): PageFrame {
  const signOutPath = session.scope === 'all' ? '/logout' : `/day/${session.day}/leave`;
  return { assets, scope: session.scope, signOutPath, brand: page?.title ?? 'Daily summary' };
}

function newestPage({ archive }: PageRouteDeps): SummaryPage | null {
  const newest = archive.days().at(-1);
  return newest === undefined ? null : archive.pageOf(newest);
}

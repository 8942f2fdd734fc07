import { html } from 'hono/html';
import type { Html } from '../../views/block-view.ts';
import type { Assets } from '../assets.ts';

/** What surrounds the content of a page. `scope`: signed in for everything, for one day, or not at all. */
export type PageFrame = {
  readonly assets: Assets;
  readonly scope: 'all' | 'day' | 'none';
  /** Path that signs out; null without a session. */
  readonly signOutPath: string | null;
  readonly brand: string;
};

type NavigationItem = 'day' | 'calendar' | 'status';

export type PageContent = {
  readonly title: string;
  /** The item of the navigation that the page belongs to. */
  readonly current: NavigationItem | null;
  /** In the dark header. */
  readonly headline: Html;
  readonly body: Html;
};

/** The whole HTML document of a page. */
export function renderPage(frame: PageFrame, { title, current, headline, body }: PageContent): Html {
  const { assets } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#13243a">
<title>${title}</title>
<link rel="icon" href="${assets.icon.path}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style.path}">
<script src="${assets.script.path}" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="page-header">
<div class="bar">
<span class="brand">${logo}<span>${frame.brand}</span></span>
${frame.scope === 'all' ? navigation(current) : ''}
${frame.signOutPath === null ? '' : signOutForm(frame.signOutPath)}
</div>
<div class="headline">${headline}</div>
</header>
<main id="content">${body}</main>
</body>
</html>`;
}

function navigation(current: NavigationItem | null): Html {
  const item = (page: NavigationItem, href: string, label: string) =>
    html`<li><a href="${href}" ${page === current ? html`aria-current="page"` : ''}>${label}</a></li>`;
  return html`<nav aria-label="Main"><ul>
${item('day', '/', 'Latest')}${item('calendar', '/calendar', 'Calendar')}${item('status', '/status', 'Status')}
</ul></nav>`;
}

function signOutForm(path: string): Html {
  return html`<form class="sign-out" method="post" action="${path}"><button>Sign out</button></form>`;
}

const logo = html`<svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"/></svg>`;

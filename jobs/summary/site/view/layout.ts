import { html } from 'hono/html';
import type { Assets } from '../assets.ts';

export type Html = ReturnType<typeof html>;

/** Where a visitor is and may go. `scope`: signed in for everything, for one day, or not at all. */
export type Frame = {
  readonly assets: Assets;
  readonly scope: 'all' | 'day' | 'none';
  /** Where to sign out; null for who is not in. */
  readonly exit: string | null;
  readonly brand: string;
};

type Place = 'day' | 'calendar' | 'status' | null;

export type Document = {
  readonly title: string;
  readonly place: Place;
  /** What stands on the dark band at the top. */
  readonly hero: Html;
  readonly body: Html;
};

/** A whole document around a page's hero and body. */
export function documentOf(frame: Frame, { title, place, hero, body }: Document): Html {
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
<header class="band">
<div class="bar">
<span class="brand">${moon}<span>${frame.brand}</span></span>
${frame.scope === 'all' ? navigation(place) : ''}
${frame.exit === null ? '' : signOut(frame.exit)}
</div>
<div class="hero">${hero}</div>
</header>
<main id="content">${body}</main>
</body>
</html>`;
}

function navigation(place: Place): Html {
  const item = (name: Place, href: string, label: string) =>
    html`<li><a href="${href}" ${name === place ? html`aria-current="page"` : ''}>${label}</a></li>`;
  return html`<nav aria-label="Main"><ul>
${item('day', '/', 'Latest')}${item('calendar', '/calendar', 'Calendar')}${item('status', '/status', 'Status')}
</ul></nav>`;
}

function signOut(exit: string): Html {
  return html`<form class="sign-out" method="post" action="${exit}"><button>Sign out</button></form>`;
}

const moon = html`<svg class="moon" viewBox="0 0 24 24" aria-hidden="true"><path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"/></svg>`;

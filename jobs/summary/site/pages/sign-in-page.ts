import { html } from 'hono/html';
import type { Html } from '../../views/block-view.ts';
import { type PageFrame, renderPage } from './layout.ts';

/** The form for the password. It reveals nothing of the site. `next` is one of the site's own paths. */
export function signInPage(frame: PageFrame, next: string, problem: string | null): Html {
  return renderPage(frame, {
    title: 'Sign in',
    current: null,
    headline: html`<h1 class="large">Sign in</h1>`,
    body: html`<div class="card sign-in">
${problem === null ? '' : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<input type="text" name="username" value="owner" autocomplete="username" hidden>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required autofocus>
<button>Sign in</button>
</form></div>`,
  });
}

/** A page with one message. */
export function messagePage(frame: PageFrame, title: string, message: string): Html {
  const link = frame.scope === 'all' ? html`<p class="more"><a href="/calendar">See the calendar</a></p>` : '';
  return renderPage(frame, {
    title,
    current: null,
    headline: html`<h1 class="large">${title}</h1>`,
    body: html`<div class="card"><p>${message}</p>${link}</div>`,
  });
}

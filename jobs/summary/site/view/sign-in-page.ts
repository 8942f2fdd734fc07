import { html } from 'hono/html';
import { documentOf, type Frame, type Html } from './layout.ts';

/** The form for the password. It says nothing of what lies behind it. `next` is one of the site's own paths. */
export function signInPage(frame: Frame, next: string, problem: string | null): Html {
  return documentOf(frame, {
    title: 'Sign in',
    place: null,
    hero: html`<h1 class="large">Sign in</h1>`,
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

/** A page of one sentence: what is not here, or went wrong. */
export function messagePage(frame: Frame, title: string, message: string): Html {
  const back = frame.scope === 'all' ? html`<p class="left"><a href="/calendar">See the calendar</a></p>` : '';
  return documentOf(frame, {
    title,
    place: null,
    hero: html`<h1 class="large">${title}</h1>`,
    body: html`<div class="card"><p>${message}</p>${back}</div>`,
  });
}

import { html } from 'hono/html';
import { plural } from '../../runtime/format.ts';
import type { Html } from './block-view.ts';
import { colours } from './colours.ts';
import { styles } from './mail-styles.ts';

/** The heading of a block; `count` follows in parentheses, highlighted. */
export function mailHeading(title: string, count: string | null = null): Html {
  const counted = count === null ? '' : html` <span class="warntext" style="color:${colours.warn}">(${count})</span>`;
  return html`<h2 class="text" style="${styles.heading}">${title}${counted}</h2>`;
}

/** `and 12 more rows on the page`. */
export function moreText(count: number, noun: string, link: string | null): string {
  return `and ${plural(count, `more ${noun}`)}${link === null ? '' : ' on the page'}`;
}

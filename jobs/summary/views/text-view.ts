import { html } from 'hono/html';
import type { TextBlock } from '../page/page-model.ts';
import type { BlockView } from './block-view.ts';
import { mailHeading } from './mail-parts.ts';
import { styles } from './mail-styles.ts';
import { textHeading } from './text-parts.ts';

/** Lines of text. */
export const textView: BlockView<TextBlock> = {
  text: ({ title, text }) => `${textHeading(title)}\n${text}`,
  mail({ title, text }) {
    const lines = text.split('\n').map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`));
    return html`${mailHeading(title)}<p class="text" style="${styles.body}">${lines}</p>`;
  },
  site: ({ id, title, text }) => html`<section class="card text" id="${id}"><h2>${title}</h2><p>${text}</p></section>`,
};

import { html } from 'hono/html';
import type { FailedBlock } from '../page/page-model.ts';
import type { BlockView } from './block-view.ts';
import { colours } from './colours.ts';
import { mailHeading } from './mail-parts.ts';
import { styles } from './mail-styles.ts';
import { textHeading } from './text-parts.ts';

/** The reason, in place of a block that could not be made. */
export const failedView: BlockView<FailedBlock> = {
  text: ({ title, reason }) => `${textHeading(title)}\n! ${reason}`,
  mail: ({ title, reason }) =>
    html`${mailHeading(title)}<p class="bad" style="${styles.body};color:${colours.bad}">${reason}</p>`,
  site: ({ id, title, reason }) =>
    html`<section class="card failed" id="${id}"><h2>${title}</h2><p>Not shown: ${reason}</p></section>`,
};

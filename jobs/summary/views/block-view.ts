import type { html } from 'hono/html';
import type { LocaleFormat } from '../blocks/locale-format.ts';
import type { Block } from '../page/page-model.ts';

export type Html = ReturnType<typeof html>;

/** An SVG to be drawn, its size in CSS pixels. */
export type Picture = { readonly svg: string; readonly width: number; readonly height: number };

/** How much of a page a mail shows, and where it finds its images. */
export type MailContext = {
  /** Of each table. */
  readonly maxRows: number;
  readonly maxBlocks: number;
  /** Address of the page on the site; null when there is none. */
  readonly link: string | null;
  /** Null: the block has no image. */
  readonly imageSource: (id: string) => string | null;
  /** BCP 47. */
  readonly locale: string;
};

export type SiteContext = {
  readonly format: LocaleFormat;
  /** Where a table can be downloaded; null when it cannot. */
  readonly csvPath: (id: string) => string | null;
};

/** How a kind of block looks in each place. */
export type BlockView<B extends Block> = {
  /** In the mail's plain text part. */
  text(block: B): string;
  /** In the mail's HTML: tables and inline styles, as mail clients need them. */
  mail(block: B, context: MailContext): Html;
  /** On the site: classes of its style sheets, no inline styles. */
  site(block: B, context: SiteContext): Html;
  /** The image in the mail; null when there is too little to draw. Throws when ECharts cannot draw the values. */
  picture?(block: B, locale: string): Promise<Picture | null>;
};

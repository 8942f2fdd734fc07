import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

type Asset = { readonly path: string; readonly type: string; readonly content: string };

export type Assets = { readonly style: Asset; readonly script: Asset; readonly icon: Asset };

/** In the order of the cascade. */
const styles = [
  'base',
  'header',
  'blocks',
  'chart',
  'table',
  'footer',
  'calendar',
  'sign-in',
  'narrow',
  'wide',
  'print',
];

/** The site's own files. Each is served under a name that changes with its content, and may be cached for good. */
export function readAssets(): Assets {
  return {
    style: asset('site.css', 'text/css; charset=utf-8', styles.map((style) => fileText(`${style}.css`)).join('')),
    script: asset('site.js', 'text/javascript; charset=utf-8', fileText('site.js')),
    icon: asset('icon.svg', 'image/svg+xml', fileText('icon.svg')),
  };
}

function asset(name: string, type: string, content: string): Asset {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { path: `/assets/${digest}-${name}`, type, content };
}

/** The folder is beside the bundled program too. */
function fileText(name: string): string {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
}

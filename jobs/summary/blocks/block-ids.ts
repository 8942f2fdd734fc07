import { snakeCase } from './personal-data.ts';

/** An id for each title, fit for HTML, files and URLs, each once. */
export function blockIds(titles: readonly string[]): string[] {
  const used = new Set<string>();
  return titles.map((title) => {
    const ascii = snakeCase(title.normalize('NFKD').replaceAll(/\p{M}/gu, '')).replaceAll(/[^a-z0-9]+/g, '-');
    const stem = ascii.replaceAll(/^-+|-+$/g, '').slice(0, 40) || 'block';
    let id = stem;
    for (let next = 2; used.has(id); next += 1) id = `${stem}-${next}`;
    used.add(id);
    return id;
  });
}

import path from 'node:path';
import { pulumiConfigSection } from './pulumi-yaml.ts';
import { readmeTables } from './readme-tables.ts';
import { sections, table } from './table.ts';

/** A file whose end is made from the table. */
type GeneratedDocument = {
  readonly file: string;
  /** Line after which everything is generated. */
  readonly marker: string;
  readonly content: () => string;
};

const root = path.resolve(import.meta.dirname, '..', '..');

export const documents: readonly GeneratedDocument[] = [
  {
    file: path.join(root, 'Pulumi.yaml'),
    marker: '# From here on made by `npm run settings` from jobs/settings/table.\n',
    content: () => pulumiConfigSection(table),
  },
  {
    file: path.join(root, 'jobs', 'settings', 'README.md'),
    marker: '<!-- From here on made by `npm run settings` from jobs/settings/table. -->\n',
    content: () => `\n${readmeTables(sections)}`,
  },
];

/** The text with everything after its marker made anew. Throws when the marker is gone. */
export function regenerated(text: string, { file, marker, content }: GeneratedDocument): string {
  const end = text.indexOf(marker);
  if (end < 0) throw new Error(`${file} has no line ${JSON.stringify(marker.trim())}.`);
  return text.slice(0, end + marker.length) + content();
}

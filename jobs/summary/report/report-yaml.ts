import { fileURLToPath } from 'node:url';
import { Document } from 'yaml';
import type { Report } from './schema.ts';

/** Where editors find the schema by default: beside this file. */
const schemaFile = fileURLToPath(new URL('./report.schema.json', import.meta.url));

/** A report as a YAML file that reads back to the same report; `assumptions` go in front as comments. */
export function reportYaml(report: Report, assumptions: readonly string[] = [], schema: string = schemaFile): string {
  const document = new Document(withoutDefaults(report));
  document.commentBefore = [` yaml-language-server: $schema=${schema}`, ...assumptions.map((text) => ` ${text}`)].join(
    '\n',
  );
  return document.toString({ lineWidth: 0, blockQuote: 'literal' });
}

/** Without values that are the default. */
function withoutDefaults(report: Report): Record<string, unknown> {
  const blocks = report.blocks.map((block) =>
    Object.fromEntries(Object.entries(block).filter(([name, value]) => !isDefault(name, value))),
  );
  return { ...Object.fromEntries(Object.entries(report).filter(([name, value]) => !isDefault(name, value))), blocks };
}

const defaults: Record<string, unknown> = {
  empty: 'zero',
  format: 'number',
  days: 30,
  style: 'bar',
  time_limit: 30,
  rows: 10,
};

function isDefault(name: string, value: unknown): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return defaults[name] === value;
}

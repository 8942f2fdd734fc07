import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The content of every file of secrets on the host, those too short to be one left out. */
export function secretsOnHost(configFolder: string): string[] {
  const folder = path.join(configFolder, 'secrets');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8').trim())
    .filter((text) => text.length >= 16);
}

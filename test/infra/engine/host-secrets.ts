import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The content of every file of secrets on the host. An access key is a name: only its secret half is one. */
export function secretsOnHost(configFolder: string): string[] {
  const folder = path.join(configFolder, 'secrets');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile() && !file.endsWith('ACCESS_KEY'))
    .map((file) => readFileSync(file, 'utf8').trim());
}

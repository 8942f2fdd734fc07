import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A Node of this machine that is older than the one npm brings, as most people have it; null when there is none. */
function installedOldNode(): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  const nodes = folders.map((folder) => path.join(folder, 'node')).filter((file) => existsSync(file));
  const versionOf = (node: string) =>
    Number(execFileSync(node, ['-p', 'parseInt(process.versions.node)'], { encoding: 'utf8' }));
  return nodes.find((node) => versionOf(node) < 26) ?? null;
}

/** A command line that starts a script as an older Node does: an installed one, else this one that says it is. */
export function oldNode(): readonly string[] {
  const installed = installedOldNode();
  if (installed !== null) return [installed];
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`;
  return [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
}

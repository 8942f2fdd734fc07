import { quoteWords } from '../jobs/runtime/shell-quoting.ts';
import type { Folders } from './deployment.ts';
import { environmentOptions, mountOptions, runOptions } from './docker-run-options.ts';
import { environmentOf, mountsOf, type ResolvedSpec } from './resolved-spec.ts';

/** The service whose options each group of commands gets; `summary` is null when the stack has none. */
export type CommandSpecs = { readonly backup: ResolvedSpec; readonly summary: ResolvedSpec | null };

/** The text of the host's `nightshift` command. `template`: infra/host-scripts/nightshift.sh. */
export function hostCommand(template: string, { backup, summary }: CommandSpecs, folders: Folders): string {
  const none = '--label=none';
  return template
    .replace('@RESTORE@', () => quoteWords(restoreOptions(backup, folders)))
    .replace('@SUMMARY@', () => (summary === null ? none : quoteWords(runOptions(summary, folders))))
    .replace('@BACKUP@', () => quoteWords(runOptions(backup, folders)));
}

/**
 * Restore stops and starts containers, finds processes that have the file open, and sets its owner: so root with those
 * capabilities, the host's process namespace, the Docker socket, and the database at its path on the host, as other
 * containers' mounts name it.
 */
function restoreOptions(spec: ResolvedSpec, folders: Folders): string[] {
  const capabilities = ['SYS_PTRACE', 'CHOWN', 'FOWNER', 'DAC_OVERRIDE'];
  const mounts = mountsOf(spec, folders).map((mount) =>
    mount.target === '/data' ? { ...mount, target: folders.data } : mount,
  );
  return [
    ...['--pid=host', '--user', '0:0', '--cap-drop', 'ALL', ...capabilities.flatMap((each) => ['--cap-add', each])],
    ...['--security-opt', 'no-new-privileges', '--network', spec.networks[0] ?? 'bridge'],
    ...mountOptions(mounts),
    ...environmentOptions({ ...environmentOf(spec), DATABASE_PATH: hostPaths(spec, folders) }),
  ];
}

function hostPaths({ environment }: ResolvedSpec, { data }: Folders): string {
  return (environment['DATABASE_PATH'] ?? '')
    .split(',')
    .map((file) => file.replace(/^\/data\//, `${data}/`))
    .join(',');
}

import type { Folders } from './deployment.ts';
import { bindsOf, environmentOf, type KnownSpec, quote, runOptions } from './docker-run.ts';

/** What the host's `nightshift` command gives `docker run`, by command. */
export type CommandSpecs = { readonly backup: KnownSpec; readonly summary: KnownSpec | null };

/** The text of the host's `nightshift` command. `template`: infra/scripts/nightshift.sh. */
export function hostCommand(template: string, { backup, summary }: CommandSpecs, folders: Folders): string {
  const none = `--label=none`;
  return template
    .replace('@RESTORE@', () => words(restoreOptions(backup, folders)))
    .replace('@SUMMARY@', () => (summary === null ? none : words(runOptions(summary, folders))))
    .replace('@BACKUP@', () => words(runOptions(backup, folders)));
}

/**
 * Restore stops and starts containers, sees who holds the file, and gives it its owner: root with those capabilities, the
 * processes of the host, the Docker socket, and the database where the host has it, as other containers' mounts name it.
 */
function restoreOptions(spec: KnownSpec, folders: Folders): string[] {
  const capabilities = ['SYS_PTRACE', 'CHOWN', 'FOWNER', 'DAC_OVERRIDE'];
  const environment = { ...environmentOf(spec), DATABASE_PATH: hostPaths(spec, folders) };
  const mounts = bindsOf(spec, folders).map((mount) =>
    mount.target === '/data' ? { ...mount, target: folders.data } : mount,
  );
  return [
    ...['--pid=host', '--user', '0:0', '--cap-drop', 'ALL', ...capabilities.flatMap((each) => ['--cap-add', each])],
    ...['--security-opt', 'no-new-privileges', '--network', spec.networks[0] ?? 'bridge'],
    ...mounts.flatMap(({ source, target, readOnly }) => [
      '--mount',
      `type=bind,source=${source},target=${target}${readOnly ? ',readonly' : ''}`,
    ]),
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}

function hostPaths({ environment }: KnownSpec, { data }: Folders): string {
  return (environment['DATABASE_PATH'] ?? '')
    .split(',')
    .map((file) => file.replace(/^\/data\//, `${data}/`))
    .join(',');
}

function words(list: readonly string[]): string {
  return list.map(quote).join(' ');
}

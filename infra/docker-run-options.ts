import { quoteWords } from '../jobs/runtime/shell-quoting.ts';
import type { Folders } from './deployment.ts';
import { logOptions, noSwapLimit } from './engines/container-args.ts';
import { environmentOf, mountsOf, type ResolvedSpec } from './resolved-spec.ts';
import type { ServiceMount } from './service-specs.ts';

/** Options of `docker run` that give a one-off container the service's environment, files, limits and hardening. */
export function runOptions(spec: ResolvedSpec, folders: Pick<Folders, 'config'>): string[] {
  return [
    ...['--read-only', '--user', spec.user, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...[
      '--memory',
      `${spec.memoryMiB}m`,
      '--memory-swap',
      String(noSwapLimit),
      '--network',
      spec.networks[0] ?? 'bridge',
    ],
    ...Object.entries(spec.tmpfs).flatMap(([folder, size]) => ['--tmpfs', `${folder}:size=${size}`]),
    ...mountOptions(mountsOf(spec, folders)),
    ...environmentOptions(environmentOf(spec)),
  ];
}

/** Options that start the long-running service as the engine would: for a rollback to the previous image. */
export function serviceOptions(spec: ResolvedSpec, folders: Pick<Folders, 'config'>): string[] {
  const { publish, health } = spec;
  return [
    ...runOptions(spec, folders),
    ...['--detach', '--init', '--restart', 'unless-stopped', '--stop-timeout', String(spec.stopSeconds)],
    ...['--network-alias', spec.name],
    ...(publish === null ? [] : ['--publish', `${publish.ip}:${publish.external}:${publish.internal}`]),
    ...['--health-cmd', quoteWords(health.test)],
    ...['--health-interval', `${health.intervalSeconds}s`, '--health-timeout', `${health.timeoutSeconds}s`],
    ...['--health-start-period', `${health.startSeconds}s`, '--health-retries', String(health.retries)],
    ...Object.entries(spec.labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...['--log-driver', logOptions.driver],
    ...Object.entries(logOptions.options).flatMap(([name, value]) => ['--log-opt', `${name}=${value}`]),
  ];
}

export function mountOptions(mounts: readonly ServiceMount[]): string[] {
  return mounts.flatMap(({ source, target, readOnly }) => [
    '--mount',
    `type=bind,source=${source},target=${target}${readOnly ? ',readonly' : ''}`,
  ]);
}

export function environmentOptions(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
}

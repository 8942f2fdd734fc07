import { goDuration, nanoseconds } from './duration.ts';
import type { ServiceInputs } from './service-request.ts';

type Target = { readonly Target: string; readonly Aliases?: string[] };

/**
 * What terraform-provider-docker reads back of a service where that is not what was given: networks by their id alone, and
 * durations in Swarm's short form.
 */
export function readBack(given: ServiceInputs, networks: readonly Target[]): Partial<ServiceInputs> {
  const { taskSpec, updateConfig, rollbackConfig } = given;
  return {
    taskSpec: {
      ...short(taskSpec, ['containerSpec', 'restartPolicy']),
      ...(networks.length > 0 && {
        networksAdvanceds: networks.map(({ Target, Aliases }) => ({
          id: Target,
          ...(Aliases && { aliases: Aliases }),
        })),
      }),
    },
    ...(updateConfig && { updateConfig: short(updateConfig) }),
    ...(rollbackConfig && { rollbackConfig: short(rollbackConfig) }),
  };
}

const durations = ['delay', 'interval', 'monitor', 'startPeriod', 'stopGracePeriod', 'timeout', 'window'];

/** The object with its durations in short form, and those of the objects below these names. */
function short<T extends object>(given: T, below: readonly string[] = []): T {
  const entries = Object.entries(given).map(([name, value]) => {
    if (below.includes(name) || name === 'healthcheck') return [name, short(value as object)];
    return [name, durations.includes(name) ? shortDuration(nanoseconds(String(value))) : value];
  });
  return Object.fromEntries(entries) as T;
}

/** 10m0s is 10m, and 1h0m0s is 1h. */
function shortDuration(value: number): string {
  return goDuration(value).replace(/m0s$/, 'm').replace(/h0m$/, 'h');
}

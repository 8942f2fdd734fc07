import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { type HostEnvironment, readHostEnvironment } from '../usage/host-environment.ts';
import { missingServicesFailure } from './missing-services.ts';
import type { FoundServices, ServiceManager } from './service-manager.ts';

/** What a restore of a database touches on this host. */
export type AffectedServices = FoundServices & { readonly host: HostEnvironment };

export type WantedServices = { readonly names: readonly string[]; readonly mayBeMissing: boolean };

/**
 * Finds the services to stop. Throws DOCKER_UNREACHABLE, SETTINGS_INVALID with all names that nothing has, INTERRUPTED, or
 * SERVICE_UNSTOPPABLE with all that stands in the way.
 */
export async function findAffectedServices(
  database: string,
  wanted: WantedServices,
  manager: ServiceManager,
  signal: AbortSignal,
): Promise<AffectedServices> {
  const host = readHostEnvironment(path.dirname(database));
  const found = await manager.find(database, wanted.names, host, signal);
  const { obstacles, missing } = found.services;
  if (missing.length > 0 && !wanted.mayBeMissing) throw missingServicesFailure(missing, found.names);
  if (obstacles.length > 0) {
    throw new Failure(
      'SERVICE_UNSTOPPABLE',
      `Not every service can be stopped and started again: ${obstacles.join(' ')}`,
      'Fix that and run restore again. Nothing was stopped or changed.',
    );
  }
  return { ...found, host };
}

import { existsSync } from 'node:fs';
import type { DockerEngine } from './docker-engine.ts';
import { noDocker } from './no-docker.ts';

const defaultSocket = '/var/run/docker.sock';

/**
 * The Docker engine of this host: at `address` (DOCKER_HOST), else at the usual socket. Without a socket it is none, which
 * is an error only once a service must be stopped.
 */
export async function openDocker(address: string | null, isNeeded: boolean): Promise<DockerEngine> {
  if (address === null && !isNeeded && !existsSync(defaultSocket)) return noDocker;
  // The client is a third of all that a restore loads.
  const { createDockerEngine } = await import('./docker-client.ts');
  return createDockerEngine(address);
}

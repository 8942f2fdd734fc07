import { Failure } from '../../../runtime/errors.ts';
import type { DockerEngine } from './docker-engine.ts';

/** Stands in where there is no Docker: nothing runs there, and nothing can be stopped or started. */
export const noDocker: DockerEngine = {
  address: 'no Docker',
  until: () => noDocker,
  containers: async () => [],
  swarmServices: async () => [],
  container: absent,
  pathStat: absent,
  setRestartPolicy: absent,
  stop: absent,
  start: absent,
  restart: absent,
  scale: absent,
  tasks: absent,
};

async function absent(): Promise<never> {
  throw new Failure(
    'DOCKER_UNREACHABLE',
    'There is no Docker here to stop and start services with.',
    'Start Docker (`systemctl start docker`), mount its socket (-v /var/run/docker.sock:/var/run/docker.sock), or set DOCKER_HOST.',
  );
}

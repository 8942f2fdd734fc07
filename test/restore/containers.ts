import type { DockerContainer } from '../../jobs/restore/services/docker/docker-engine.ts';

/** A container that runs and mounts nothing, with these `changes`. */
export function container(name: string, changes: Partial<DockerContainer> = {}): DockerContainer {
  return {
    id: `id of ${name}`,
    name,
    labels: {},
    state: 'running',
    startedAt: Temporal.Instant.fromEpochMilliseconds(0),
    lastRestartAt: null,
    exitCode: null,
    pid: null,
    networkMode: 'bridge',
    shares: [],
    removedWhenStopped: false,
    restartPolicy: { Name: 'always', MaximumRetryCount: 0 },
    stopTimeoutSeconds: 10,
    health: 'none',
    healthSeconds: null,
    remark: '',
    mounts: [],
    ...changes,
  };
}

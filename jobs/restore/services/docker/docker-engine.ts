/** What restore knows of a Docker engine, as plain values; `docker-client.ts` fills them in. */
export type RestartPolicy = { readonly Name: string; readonly MaximumRetryCount: number };

export type DockerMount = {
  /** Paths on the host that the mount shows: the source, and the folder behind a bind volume. */
  readonly sources: readonly string[];
  readonly destination: string;
  readonly writable: boolean;
};

/** A namespace of another container (by id or name) that a container was started in. */
export type SharedNamespace = { readonly of: string; readonly kind: 'network' | 'processes' | 'IPC' };

export type DockerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

export type DockerContainer = {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `restarting`: meant to run, and not up at this moment of a crash loop. */
  readonly state: 'running' | 'restarting' | 'paused' | 'off';
  readonly startedAt: Temporal.Instant;
  /** When the engine last started it again because it had ended; null when it never did. */
  readonly lastRestartAt: Temporal.Instant | null;
  /** Null while it runs, and when it could not be started. */
  readonly exitCode: number | null;
  /** Of its first process, in the engine's own pid namespace; null when it does not run. */
  readonly pid: number | null;
  /** Such as `bridge`, or `container:ID` when it shares the network of another. */
  readonly networkMode: string;
  readonly shares: readonly SharedNamespace[];
  /** Started with `--rm`: gone once stopped. */
  readonly removedWhenStopped: boolean;
  readonly restartPolicy: RestartPolicy;
  readonly stopTimeoutSeconds: number;
  readonly health: DockerHealth;
  /** The longest its own health check can take from start to a verdict; null without a health check. */
  readonly healthSeconds: number | null;
  /** Last output of the health check, or why the container ended. */
  readonly remark: string;
  readonly mounts: readonly DockerMount[];
};

export type RestartCondition = 'any' | 'on-failure' | 'none';

export type SwarmService = {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Null when it is not replicated (a global service or a job) and so cannot be scaled. */
  readonly replicas: number | null;
  /** Of a job: whether tasks of it run or are to run; null: it is no job. */
  readonly runningJob: boolean | null;
  /** When Swarm starts a task again that ended. */
  readonly restartCondition: RestartCondition;
  readonly stopTimeoutSeconds: number;
  readonly healthSeconds: number | null;
  readonly mounts: readonly DockerMount[];
};

/** Tasks of a Swarm service: those that hold or will hold a container, those that run and are healthy, those that ended with 0, those that failed. */
export type SwarmTasks = {
  readonly live: number;
  readonly running: number;
  readonly complete: number;
  readonly failed: number;
  readonly remark: string;
};

/** What is at a path in a container. */
export type PathStat = {
  /** A folder, or a symbolic link, which may lead to one. */
  readonly mayBeFolder: boolean;
  readonly bytes: number;
  readonly changedAt: Temporal.Instant;
};

/** Throws DOCKER_UNREACHABLE when the engine does not answer, DOCKER_FAILED when it refuses. */
export type DockerEngine = {
  /** For people: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** The same engine, whose calls throw INTERRUPTED as soon as `signal` aborts: for questions before anything is stopped. */
  until(signal: AbortSignal): DockerEngine;
  containers(): Promise<DockerContainer[]>;
  /** Null when the container is gone. */
  container(id: string): Promise<DockerContainer | null>;
  /** What is at a path of a container, also behind its mounts; null when nothing does, or the container is gone. */
  pathStat(id: string, path: string): Promise<PathStat | null>;
  /** Empty when this engine manages no swarm. */
  swarmServices(): Promise<SwarmService[]>;
  setRestartPolicy(id: string, policy: RestartPolicy): Promise<void>;
  /** Waits for the container's own stop timeout, then kills. One that is off or gone is no error. */
  stop(id: string, timeoutSeconds: number): Promise<void>;
  /** One that runs is no error. */
  start(id: string): Promise<void>;
  /** As `stop`, then `start`; one that is off is only started, and one of `--rm` is not removed. */
  restart(id: string, timeoutSeconds: number): Promise<void>;
  scale(id: string, replicas: number): Promise<void>;
  /** Failures count from `failedSince` on. */
  tasks(id: string, failedSince: Temporal.Instant): Promise<SwarmTasks>;
};

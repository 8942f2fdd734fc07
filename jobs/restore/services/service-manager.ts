import type { PossibleHolders } from '../usage/database-users.ts';
import type { HostEnvironment } from '../usage/host-environment.ts';
import type { JoinedContainer, StoppedService } from './stopped-service.ts';

/**
 * `ended`: it came up and went down again, or never did; it may come up when started once more. `done`: a job that ended
 * as it should, and that nothing would start again.
 */
export type HealthStatus = {
  readonly state: 'healthy' | 'done' | 'waiting' | 'failed' | 'ended';
  readonly reason: string;
};

/** Since when a service has been waited for, and for how many seconds it has been up. */
export type Uptime = { readonly since: Temporal.Instant; readonly seconds: number };

/** `cut off`: a restart helps; `lost`: it does not. The reason is a sentence without its full stop. */
export type Connection = { readonly state: 'connected' | 'done' | 'cut off' | 'lost'; readonly reason: string };

export type SelectedService = {
  readonly service: StoppedService;
  readonly reason: string;
  readonly remark: string | null;
};

export type ServiceSelection = {
  /** In the order of starting: as RESTORE_SERVICES lists them, then the others by name. */
  readonly stop: readonly SelectedService[];
  /** Restarted once those have started, in this order. */
  readonly joined: readonly JoinedContainer[];
  /** Sentences about what is left as it is. */
  readonly leftAlone: readonly string[];
  /** Ids of containers that may have the database open and stay up: nightshift's own, and readers. */
  readonly staying: readonly string[];
  /** Ids of containers that stop. */
  readonly stopping: readonly string[];
  /** Names that were asked for and that nothing has. */
  readonly missing: readonly string[];
  /** Why the services cannot be stopped and started again safely. Not empty: nothing may be stopped. */
  readonly obstacles: readonly string[];
};

/** The services of a host, as a restore of one database finds them. */
export type FoundServices = {
  readonly services: ServiceSelection;
  /** All names that can be asked for, sorted. */
  readonly names: readonly string[];
  /** Containers that may have the database open, by id: any other that has is an unknown process. */
  readonly containers: ReadonlySet<string>;
  /** Names of those of them that run, without the one this process runs in. */
  readonly possibleHolders: PossibleHolders;
  /** Why these may not be all containers of this host that use it; null: they are. */
  readonly dockerGap: string | null;
};

/**
 * What finds, stops and starts the services of a host. A kind of service that it does not have yet, such as a systemd unit, is
 * another implementation of this, and another row of `stoppedServiceSchema`.
 */
export type ServiceManager = {
  /** Those to stop for a restore of `database`, `wanted` (by name) and those that can write to it, and those that stay. Ends once `signal` aborts. */
  find(database: string, wanted: readonly string[], host: HostEnvironment, signal: AbortSignal): Promise<FoundServices>;
  /** Whether the host starts it by itself, after a reboot or when it ends. */
  startsByItself(service: StoppedService): boolean;
  /** Keeps the host from starting it by itself. */
  disableAutostart(service: StoppedService): Promise<void>;
  restoreAutostart(service: StoppedService): Promise<void>;
  /** Returns once it is down, at its own stop timeout at the latest. One that is down or gone is no error. */
  stop(service: StoppedService): Promise<void>;
  /** Null when it was started, else why not. Throws when its host does not answer. */
  start(service: StoppedService): Promise<string | null>;
  isRemoved(service: StoppedService): Promise<boolean>;
  /** Whether it runs in the namespaces that its owners have now. */
  connection(joined: JoinedContainer): Promise<Connection>;
  /** Null when it was restarted, or started, else why not. Throws when its host does not answer. */
  restart(joined: JoinedContainer): Promise<string | null>;
  /** By its health check, where it has one. */
  health(service: StoppedService, uptime: Uptime): Promise<HealthStatus>;
  /** Whether it stays up, whatever its health check says. */
  uptime(service: StoppedService, uptime: Uptime): Promise<HealthStatus>;
  /** Which of them are in trouble now: ids of those in a crash loop, names of those that are unhealthy. As `find` until `signal`. */
  findUnhealthy(services: readonly StoppedService[], signal: AbortSignal): Promise<UnhealthyServices>;
};

export type UnhealthyServices = { readonly crashingBefore: string[]; readonly unhealthyBefore: string[] };

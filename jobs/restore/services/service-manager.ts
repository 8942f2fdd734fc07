import type { StoppedService } from './stopped-service.ts';

/** `ended`: it came up and went down again, or never did; it may come up when started once more. */
export type HealthStatus = { readonly state: 'healthy' | 'waiting' | 'failed' | 'ended'; readonly reason: string };

/** Since when a service has been waited for, and for how many seconds it has been up. */
export type Uptime = { readonly since: Temporal.Instant; readonly seconds: number };

/**
 * What stops and starts the services of a host. A kind of service that it does not have yet, such as a systemd unit, is
 * another implementation of this, and another row of `stoppedServiceSchema`.
 */
export type ServiceManager = {
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
  /** By its health check, where it has one. */
  health(service: StoppedService, uptime: Uptime): Promise<HealthStatus>;
  /** Whether it stays up, whatever its health check says. */
  uptime(service: StoppedService, uptime: Uptime): Promise<HealthStatus>;
  /** Which of them are in trouble now: ids of those in a crash loop, names of those that are unhealthy. */
  findUnhealthy(services: readonly StoppedService[]): Promise<UnhealthyServices>;
};

export type UnhealthyServices = { readonly crashingBefore: string[]; readonly unhealthyBefore: string[] };

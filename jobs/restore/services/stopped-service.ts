import { z } from 'zod';

const container = z.object({
  kind: z.literal('container'),
  id: z.string(),
  name: z.string(),
  restartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number() }),
  stopTimeoutSeconds: z.number(),
  /** The longest its health check may take; null: it has none. */
  healthSeconds: z.number().nullable(),
});
const swarm = z.object({
  kind: z.literal('swarm'),
  id: z.string(),
  name: z.string(),
  replicas: z.number(),
  restartCondition: z.enum(['any', 'on-failure', 'none']).default('any'),
  stopTimeoutSeconds: z.number(),
  healthSeconds: z.number().nullable(),
});

export const stoppedServiceSchema = z.discriminatedUnion('kind', [container, swarm]);

/** A running service that restore stops, and what brings it back as it was. Kept in the journal. */
export type StoppedService = z.infer<typeof stoppedServiceSchema>;

export const joinedContainerSchema = container.extend({
  /** Such as `shares the network of web`. */
  shares: z.string(),
  /** Ids of the containers that it shares something with. */
  owners: z.array(z.string()),
});

/**
 * A container that runs in a namespace of one that stops, such as a proxy beside it. It keeps the namespace of the process
 * that ended (or ends with it), so it is restarted once the other runs again. Kept in the journal.
 */
export type JoinedContainer = z.infer<typeof joinedContainerSchema>;

/** The command that shows what a service printed. */
export function logsCommand({ kind, name }: StoppedService): string {
  return kind === 'swarm' ? `docker service logs ${name}` : `docker logs ${name}`;
}

/** The command that shows why a service ended. */
export function endingCommand({ kind, name }: StoppedService): string {
  return kind === 'swarm' ? `docker service ps --no-trunc ${name}` : `docker logs ${name}`;
}

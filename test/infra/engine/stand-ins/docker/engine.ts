import Docker from 'dockerode';

/** The engine the `docker` stand-in works on: the lab's, whatever host the program names. */
export const engine = new Docker({ socketPath: socketOf(process.env['LAB_DOCKER_HOST'] ?? '') });

/** The promise's value, or null where the engine says it is not there. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}

function socketOf(host: string): string {
  if (!host.startsWith('unix://')) throw new Error('LAB_DOCKER_HOST is not a unix:// address.');
  return host.slice('unix://'.length);
}

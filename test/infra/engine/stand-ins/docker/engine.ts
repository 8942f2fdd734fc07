import Docker from 'dockerode';

/** The engine the `docker` stand-in works on: the lab's, whatever host the program names; without the lab none answers. */
export const engine = new Docker({ socketPath: (process.env['LAB_DOCKER_HOST'] ?? '').replace(/^unix:\/\//, '') });

/** The promise's value, or null when the engine does not have it. */
export async function nullIfAbsent<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}

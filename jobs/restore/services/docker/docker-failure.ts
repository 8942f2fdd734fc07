import { Failure, systemCodeOf } from '../../../runtime/errors.ts';

/** The HTTP status that the engine answered with; null when `error` is of another kind. */
export function statusOf(error: unknown): number | null {
  const cause = error instanceof Failure ? error.cause : error;
  return cause instanceof Error && 'statusCode' in cause && typeof cause.statusCode === 'number'
    ? cause.statusCode
    : null;
}

/** As `docker ps` shows them. */
const shortIds = (text: string) => text.replaceAll(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1');

type FailedCall = { readonly what: string; readonly address: string; readonly silent: string | null };

/** The DOCKER_FAILED of what the engine refused, or the DOCKER_UNREACHABLE of one that does not answer. */
export function dockerFailure(error: unknown, { what, address, silent }: FailedCall): Failure {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (status !== null) {
    return new Failure(
      'DOCKER_FAILED',
      shortIds(`Docker at ${address} could not ${what}: ${message.replace(/^\(HTTP code \d+\) /, '').trim()}`),
      'Look at `docker ps -a` and `docker logs`; fix what they show and run the command again.',
      error,
    );
  }
  const denied = systemCodeOf(error) === 'EACCES';
  return new Failure(
    'DOCKER_UNREACHABLE',
    `Docker at ${address} does not answer (${silent ?? systemCodeOf(error) ?? message}).`,
    denied
      ? 'Run it as root, or as a user of the group that owns the socket.'
      : 'Start Docker (`systemctl start docker`), or mount its socket (-v /var/run/docker.sock:/var/run/docker.sock).',
    error,
  );
}

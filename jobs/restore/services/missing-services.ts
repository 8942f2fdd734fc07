import { Failure } from '../../runtime/errors.ts';
import { nearest } from '../../runtime/nearest.ts';

const mostListed = 20;

/** The error of names in RESTORE_SERVICES that nothing has. `names`: all that there are. */
export function missingServicesFailure(missing: readonly string[], names: readonly string[]): Failure {
  const asked = missing.map((name) => {
    const near = nearest(name, names, (one) => [one])[0];
    return near === undefined ? `"${name}"` : `"${name}" (did you mean ${near.candidate}?)`;
  });
  const more = names.length > mostListed ? `, and ${names.length - mostListed} more` : '';
  const there = names.length === 0 ? 'none' : `${names.slice(0, mostListed).join(', ')}${more}`;
  return new Failure(
    'SETTINGS_INVALID',
    `RESTORE_SERVICES: no container, Compose service or Swarm service has the name ${asked.join(', ')}. There is: ${there}.`,
    'Correct RESTORE_SERVICES. If that service does not exist yet, --allow-missing-services restores without it. Nothing was stopped or changed.',
  );
}

import { editDistance } from '../../runtime/edit-distance.ts';
import { Failure } from '../../runtime/errors.ts';

const mostListed = 20;
/** Above this share of its letters, a name is none that was mistyped. */
const mostDifferent = 0.4;

/** The error of names in RESTORE_SERVICES that nothing has. `names`: all that there are. */
export function missingServicesFailure(missing: readonly string[], names: readonly string[]): Failure {
  const asked = missing.map((name) => {
    const near = nearest(name, names);
    return near === null ? `"${name}"` : `"${name}" (did you mean ${near}?)`;
  });
  const more = names.length > mostListed ? `, and ${names.length - mostListed} more` : '';
  const there = names.length === 0 ? 'none' : `${names.slice(0, mostListed).join(', ')}${more}`;
  return new Failure(
    'SETTINGS_INVALID',
    `RESTORE_SERVICES: no container, Compose service or Swarm service has the name ${asked.join(', ')}. There is: ${there}.`,
    'Correct RESTORE_SERVICES. If that service does not exist yet, --allow-missing-services restores without it. Nothing was stopped or changed.',
  );
}

function nearest(typed: string, names: readonly string[]): string | null {
  const found = names
    .map((name) => ({
      name,
      share: editDistance(typed.toLowerCase(), name.toLowerCase()) / Math.max(typed.length, name.length),
    }))
    .toSorted((one, other) => one.share - other.share)[0];
  return found === undefined || found.share > mostDifferent ? null : found.name;
}

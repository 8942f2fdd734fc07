import type { Database } from '../../settings/databases.ts';
import { removeLeftovers } from '../staging/preflight.ts';
import type { RestoreDeps } from './restore-deps.ts';

/** Removes what dead restores left of their staging, and says so. The caller holds the lock. */
export function removeLeftoversOf({ path }: Database, { clock, log }: RestoreDeps): void {
  for (const name of removeLeftovers(path, clock.now())) log.line(`Removed ${name}, left by an interrupted restore`);
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { stateDatabases } from '../../archives/state/state-files.ts';
import { Failure } from '../../runtime/errors.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import type { ServiceManager } from '../services/service-manager.ts';
import { assertNotInUse, findDatabaseUsers, noPossibleHolders } from '../usage/database-users.ts';
import { readHostEnvironment } from '../usage/host-environment.ts';
import { unseenFailure } from '../usage/unseen-use.ts';
import { gapsText, isUnseen } from '../usage/visibility.ts';

const stopThem = 'These are most likely the services: `docker stop sqlite-backup backend-dailysummary`.';

/**
 * A service that runs would go on writing into the files that were put aside: who has them open is refused, and who may have. Throws
 * DATABASE_IN_USE, DATABASE_USE_UNSEEN. Returns what could not be seen, a sentence each.
 */
export async function requireStateUnused(
  stateDir: string,
  { allow, commandLine }: Pick<RestoreOptions, 'allow' | 'commandLine'>,
  { services, signal }: { readonly services: ServiceManager; readonly signal: AbortSignal },
): Promise<string[]> {
  const gaps = new Set<string>();
  for (const file of stateDatabases.map((name) => path.join(stateDir, name))) {
    if (!existsSync(file)) continue;
    const host = readHostEnvironment(stateDir);
    const { dockerGap, possibleHolders } = await services.find(file, [], host, signal);
    const users = await findDatabaseUsers(file, { containers: new Set(), dockerGap }, host);
    const { visibility } = users;
    const isUseUnseen = isUnseen(visibility);
    // Then the kernel's word is part of that refusal.
    assertNotInUse(file, isUseUnseen ? { ...users, use: 'unknown' } : users, noPossibleHolders, stopThem);
    if (isUseUnseen && !allow.unseen) throw unseenFailure(file, users, host, commandLine);
    const mounting = [...possibleHolders.stopping, ...possibleHolders.staying];
    if (!visibility.processes && mounting.length > 0 && !allow.unseen)
      throw mayBeUsed(file, mounting, gapsText(visibility));
    for (const gap of visibility.gaps) gaps.add(gap);
  }
  return [...gaps];
}

function mayBeUsed(file: string, containers: readonly string[], gaps: string): Failure {
  return new Failure(
    'DATABASE_IN_USE',
    `${file} may be open in ${containers.join(' and ')}: ${gaps}.`,
    `Stop them (\`docker stop ${containers.join(' ')}\`) and run it again. If you know that none has it open, add --allow-unseen.`,
  );
}

import { existsSync } from 'node:fs';
import type { Log } from '../../runtime/log.ts';
import { makeMissingFolder } from '../../runtime/missing-folder.ts';
import { defaultOwner } from '../options/restore-options.ts';
import { chownIfAllowed } from './durable-writes.ts';

/** Makes STATE_DIR where only it is missing, for the services, which are not root. */
export function makeStateFolder(stateDir: string, log: Log): void {
  const wasThere = existsSync(stateDir);
  makeMissingFolder(stateDir, 'STATE_DIR', log);
  if (!wasThere && existsSync(stateDir)) chownIfAllowed(stateDir, defaultOwner);
}

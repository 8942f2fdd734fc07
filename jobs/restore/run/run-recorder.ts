import { chownSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunDetails } from '../../monitoring/history/history.ts';
import { openResilientHistory, type ResilientHistory } from '../../monitoring/history/resilient-history.ts';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, type Failure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { makeStateFolder } from '../files/state-folder.ts';

/** The run's row in the history. */
export type RunRecorder = { step(name: string): void; note(details: RunDetails): void };

type RecordedRun = { readonly stateDir: string; readonly database: string };
type RecorderDeps = { readonly clock: Clock; readonly log: Log };

/**
 * Runs `work` with a row in the history that says how it ended. The caller holds the database's lock. A history that
 * cannot be written is no reason not to restore: it is only warned of.
 */
export async function withRunRecord<T>(
  place: RecordedRun,
  deps: RecorderDeps,
  work: (recorder: RunRecorder) => Promise<T>,
): Promise<T> {
  const { clock, log } = deps;
  const history = openFor(place.stateDir, log);
  const id = history.startRun('restore', place.database, clock.now());
  history.closeInterrupted(id, place.database, clock.now());
  try {
    const result = await work({
      step: (name) => history.setStep(id, name),
      note: (details) => history.updateRun(id, details),
    });
    history.finishRun(id, 'succeeded', clock.now());
    return result;
  } catch (error) {
    const { code, message } = asFailure(error);
    const outcome = endedByPerson(code) ? 'interrupted' : 'failed';
    history.finishRun(id, outcome, clock.now(), { code, message });
    throw error;
  } finally {
    history.close();
  }
}

const endedByPerson = (code: Failure['code']) => code === 'INTERRUPTED' || code === 'RESTORE_DECLINED';

/** The service, which is not root, must be able to write what root makes. */
function openFor(stateDir: string, log: Log): ResilientHistory {
  const warn = (error: unknown) => log.warn(`${asFailure(error).message} The restore continues without it.`);
  const isRoot = process.geteuid?.() === 0;
  const quietly = (work: () => void) => {
    try {
      work();
    } catch (error) {
      warn(error);
    }
  };
  quietly(() => makeStateFolder(stateDir, log));
  const history = openResilientHistory(stateDir, { onProblem: warn });
  if (isRoot && history.problem() === null) quietly(() => keepOwner(stateDir));
  return history;
}

function keepOwner(stateDir: string): void {
  const { uid, gid } = statSync(stateDir);
  chownSync(path.join(stateDir, 'history.db'), uid, gid);
}

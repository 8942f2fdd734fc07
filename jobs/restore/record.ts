import { chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { asFailure, type Failure } from '../platform/errors.ts';
import { type History, openHistory, type RunDetails } from '../platform/history.ts';
import type { Log } from '../platform/log.ts';
import { defaultOwner } from './choice/request.ts';
import { giveTo } from './switch/durable.ts';

/** The run's row in the history. */
export type Record = { step(name: string): void; note(details: RunDetails): void };

type Place = { readonly stateDir: string; readonly database: string };
type Tools = { readonly clock: Clock; readonly log: Log };

/**
 * Runs `work` with a row in the history that says how it ended. The caller holds the database's lock. A history that
 * cannot be written is no reason not to restore: it is only warned of.
 */
export async function recorded<T>(place: Place, tools: Tools, work: (record: Record) => Promise<T>): Promise<T> {
  const { clock, log } = tools;
  const history = openFor(place.stateDir, log);
  if (history === null) return work({ step() {}, note() {} });
  const quietly = (write: () => void) => warnOf(log, write);
  let id = 0;
  quietly(() => {
    id = history.begin('restore', place.database, clock.now());
    history.closeAbandoned(id, place.database, clock.now());
  });
  try {
    const result = await work({
      step: (name) => quietly(() => history.step(id, name)),
      note: (details) => quietly(() => history.note(id, details)),
    });
    quietly(() => history.finish(id, 'succeeded', clock.now()));
    return result;
  } catch (error) {
    const { code, message } = asFailure(error);
    const outcome = endedByPerson(code) ? 'interrupted' : 'failed';
    quietly(() => history.finish(id, outcome, clock.now(), { code, sentence: message }));
    throw error;
  } finally {
    history.close();
  }
}

const endedByPerson = (code: Failure['code']) => code === 'INTERRUPTED' || code === 'RESTORE_DECLINED';

function openFor(stateDir: string, log: Log): History | null {
  let history: History | null = null;
  warnOf(log, () => {
    if (process.geteuid?.() === 0 && !existsSync(stateDir)) {
      mkdirSync(stateDir, { recursive: true });
      giveTo(stateDir, defaultOwner);
    }
    history = openHistory(stateDir);
    if (process.geteuid?.() === 0) keepOwner(stateDir);
  });
  return history;
}

/** The service, which is not root, must be able to write what root made. */
function keepOwner(stateDir: string): void {
  const { uid, gid } = statSync(stateDir);
  chownSync(path.join(stateDir, 'history.db'), uid, gid);
}

function warnOf(log: Log, write: () => void): void {
  try {
    write();
  } catch (error) {
    log.warn(`${asFailure(error).message} The restore goes on without it.`);
  }
}

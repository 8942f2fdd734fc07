import Sqlite from 'better-sqlite3';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, type Failure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { History, Run } from './history.ts';
import { historyPath, historySchema, renameDamaged } from './history-file.ts';
import { readInstanceId } from './instance-id.ts';
import { openHistory } from './open-history.ts';
import { createSqliteHistory } from './sqlite-history.ts';

/** A history that never fails a backup: what cannot be written to STATE_DIR is kept in memory, and lost with the process. */
export type ResilientHistory = History & {
  /** Why STATE_DIR cannot be written; null while it can. */
  problem(): Failure | null;
  /** Opens STATE_DIR again. Runs, alerts and damage that are in memory are written there. */
  reopen(): void;
  /** Where a damaged history was renamed to, once for each; null when there is none to report. */
  takeRenamedPath(): string | null;
};

/** Renames a damaged history and returns its new path. Absent: it is left where it is. */
type RenameDamaged = () => string;

/** A `RenameDamaged` for the owner of the state folder: the service, and a backup by hand. It logs the new name. */
export function createDamagedRename(
  stateDir: string,
  { clock, zone, log }: { clock: Clock; zone: string; log: Log },
): RenameDamaged {
  return () => {
    const renamed = renameDamaged(stateDir, clock.now(), zone);
    log.warn(`The run history was damaged. It is ${renamed} now, and a new one was started.`);
    return renamed;
  };
}

type ResilientHistoryOptions = {
  readonly rename?: RenameDamaged;
  /** Called each time STATE_DIR begins to fail. */
  readonly onProblem?: (problem: Failure) => void;
};

/** Opens the history of a state folder, in memory when that cannot be used. Never throws, nor do its methods. */
export function openResilientHistory(stateDir: string, options: ResilientHistoryOptions = {}): ResilientHistory {
  const { rename, onProblem = () => {} } = options;
  let renamed: string | null = null;
  const open = (): { readonly history: History; readonly problem: Failure | null } => {
    try {
      return { history: openHistory(stateDir), problem: null };
    } catch (error) {
      const problem = asFailure(error);
      if (problem.code !== 'HISTORY_DAMAGED' || rename === undefined) return { history: inMemory(stateDir), problem };
      try {
        renamed = rename();
        return { history: openHistory(stateDir), problem: null };
      } catch {
        return { history: inMemory(stateDir), problem };
      }
    }
  };
  let { history, problem } = open();
  if (problem !== null) onProblem(problem);
  const unwritten = new Map<string, Run>();
  /** What was found of an object, by its key: how to write it down. */
  const unwrittenFindings = new Map<string, (history: History) => void>();
  const recordFinding = (key: string, write: (history: History) => void) => {
    use(write);
    if (problem !== null) unwrittenFindings.set(key, write);
  };

  const use = <T>(work: (history: History) => T): T => {
    try {
      return work(history);
    } catch (error) {
      if (problem !== null) throw error;
      problem = asFailure(error);
      onProblem(problem);
      const before = history;
      history = copyOf(before, problem) ?? inMemory(stateDir);
      before.close();
      return work(history);
    }
  };
  const methods = Object.fromEntries(
    Object.keys(history).map((name) => [
      name,
      (...given: unknown[]) =>
        use((current) => (current[name as keyof History] as (...given: unknown[]) => unknown)(...given)),
    ]),
  ) as unknown as History;

  return {
    ...methods,
    recordRun(run) {
      use((current) => current.recordRun(run));
      if (problem !== null) unwritten.set(`${run.job} ${run.database} ${run.startedAt}`, run);
    },
    recordDamage: (database, damaged, at) =>
      recordFinding(damaged.key, (current) => current.recordDamage(database, damaged, at)),
    recordVerification: (key, verification, at) =>
      recordFinding(key, (current) => current.recordVerification(key, verification, at)),
    forgetKey: (key) => recordFinding(key, (current) => current.forgetKey(key)),
    problem: () => problem,
    reopen() {
      if (problem === null) {
        // Reopened even so: the file may have been damaged, removed or replaced since.
        const before = history;
        const next = open();
        problem = next.problem;
        const copy = problem === null ? null : copyOf(before, problem);
        if (copy !== null) next.history.close();
        history = copy ?? next.history;
        before.close();
        if (problem !== null) onProblem(problem);
        return;
      }
      const next = open();
      problem = next.problem;
      // What memory has gathered since is worth more than a fresh copy of the file.
      if (next.problem !== null) return next.history.close();
      const memory = history.alertState();
      const firstStart = history.firstStart();
      history.close();
      history = next.history;
      for (const run of unwritten.values()) use((current) => current.recordRun(run));
      for (const write of unwrittenFindings.values()) use(write);
      if (memory !== null) use((current) => current.saveAlertState(memory));
      if (firstStart !== null) use((current) => current.recordFirstStart(firstStart));
      if (problem !== null) return;
      unwritten.clear();
      unwrittenFindings.clear();
    },
    takeRenamedPath() {
      const path = renamed;
      renamed = null;
      return path;
    },
    close: () => history.close(),
  };
}

/** What an open history still knows when its file fails; null of a damaged one. */
function copyOf(history: History, { code }: Failure): History | null {
  if (code === 'HISTORY_DAMAGED') return null;
  try {
    return history.copyToMemory();
  } catch {
    return null;
  }
}

/** A history in memory: what the file holds while that can be read, else empty. */
function inMemory(stateDir: string): History {
  const db = contentOf(historyPath(stateDir)) ?? new Sqlite(':memory:');
  db.exec(historySchema);
  const id = readInstanceId(stateDir);
  if (id !== null) db.prepare("INSERT OR IGNORE INTO service (name, value) VALUES ('instance', ?)").run(id);
  return createSqliteHistory(db, 'in memory');
}

function contentOf(file: string): Sqlite.Database | null {
  try {
    const source = new Sqlite(file, { readonly: true, fileMustExist: true });
    try {
      if (source.pragma('quick_check(1)', { simple: true }) !== 'ok') return null;
      return new Sqlite(source.serialize());
    } finally {
      source.close();
    }
  } catch {
    return null;
  }
}

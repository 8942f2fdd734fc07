import Sqlite from 'better-sqlite3';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, type Failure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { History, Run } from './history.ts';
import { historyFile, renameDamaged, schema } from './history-file.ts';
import { openHistory } from './open-history.ts';
import { historyOf } from './sqlite-history.ts';

/** A history that never fails a backup: what STATE_DIR does not take is kept in memory, and lost with the process. */
export type LastingHistory = History & {
  /** Why STATE_DIR does not take what is written; null while it does. */
  problem(): Failure | null;
  /** Opens STATE_DIR again. What memory has of runs and of the alerts is written there. */
  renew(): void;
  /** Where a damaged history was renamed to, once for each; null when there is none to tell of. */
  takeRenamed(): string | null;
};

/** Renames a damaged history and returns its new path. Absent: it is left where it is. */
type Rename = () => string;

/** A `Rename` for whoever answers for the state folder: the service, and a backup by hand. Says so in the log. */
export function renamesDamaged(
  stateDir: string,
  { clock, zone, log }: { clock: Clock; zone: string; log: Log },
): Rename {
  return () => {
    const renamed = renameDamaged(stateDir, clock.now(), zone);
    log.warn(`The run history was damaged. It is ${renamed} now, and a new one was begun.`);
    return renamed;
  };
}

type LastingOptions = {
  readonly rename?: Rename;
  /** Is told each time that STATE_DIR begins to fail. */
  readonly onProblem?: (problem: Failure) => void;
};

/** Opens the history of a state folder, in memory when that cannot be used. Never throws, nor do its methods. */
export function openLastingHistory(stateDir: string, options: LastingOptions = {}): LastingHistory {
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
    keepRun(run) {
      use((current) => current.keepRun(run));
      if (problem !== null) unwritten.set(`${run.job} ${run.database} ${run.startedAt}`, run);
    },
    problem: () => problem,
    renew() {
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
      const memory = history.alertMemory();
      const firstStart = history.firstStart();
      history.close();
      history = next.history;
      for (const run of unwritten.values()) use((current) => current.keepRun(run));
      if (memory !== null) use((current) => current.keepAlertMemory(memory));
      if (firstStart !== null) use((current) => current.markStart(firstStart));
      if (problem === null) unwritten.clear();
    },
    takeRenamed() {
      const told = renamed;
      renamed = null;
      return told;
    },
    close: () => history.close(),
  };
}

/** What an open history still knows when its file fails; null of a damaged one. */
function copyOf(history: History, { code }: Failure): History | null {
  if (code === 'HISTORY_DAMAGED') return null;
  try {
    return history.copy();
  } catch {
    return null;
  }
}

/** A history in memory: what the file holds while that can be read, else empty. */
function inMemory(stateDir: string): History {
  const db = contentOf(historyFile(stateDir)) ?? new Sqlite(':memory:');
  db.exec(schema);
  return historyOf(db, 'in memory');
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

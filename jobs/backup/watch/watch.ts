import { hostname } from 'node:os';
import type { Alert } from '../../platform/alert.ts';
import type { AlertBudget } from '../../platform/alert-budget.ts';
import { type AlertDecision, decideAlert } from '../../platform/alert-decision.ts';
import { deliver } from '../../platform/alert-delivery.ts';
import type { Clock } from '../../platform/clock.ts';
import { asFailure } from '../../platform/errors.ts';
import { runOf } from '../../platform/history-rows.ts';
import type { LastingHistory } from '../../platform/lasting-history.ts';
import type { Log } from '../../platform/log.ts';
import { createPing } from '../../platform/ping.ts';
import type { Database, SettingsWithoutStore } from '../../platform/settings.ts';
import type { Watch } from '../night.ts';
import { keepAlertMemory, readAlertMemory } from './alert-memory.ts';
import { allClearAlert, problemsAlert } from './alert-text.ts';
import { causeOf, type Problem } from './problem.ts';
import { problemsAfter, type Ran } from './problems-after.ts';

type WatchDeps = {
  readonly history: LastingHistory;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds before a mail that did not go out is tried a second time. */
  readonly firstWaitMs?: number;
};

/**
 * Alerts by mail and the dead-man's switch. After each round of runs at most one mail says all that is wrong, as often as
 * `decideAlert` allows. Mails go out one after another in the background; `settled` waits for them.
 */
export function watchOf(settings: SettingsWithoutStore, deps: WatchDeps): Watch & { settled(): Promise<void> } {
  const { databases, alerts, stagingDir, zone } = settings;
  const { history, clock, log, signal } = deps;
  const ping = createPing(settings.pingUrl, 'BACKUP_PING_URL', log);
  const names = (some: readonly Database[]) => some.map(({ name }) => name).join(', ');
  let queue: Promise<void> = Promise.resolve();
  let round: Ran[] = [];

  const alertAfter = async (ran: readonly Ran[]) => {
    const at = clock.now();
    const memory = readAlertMemory(history, stagingDir);
    const problems = problemsAfter(ran, memory, { databases, history, at });
    const decision = decideAlert(memory.budget, problems.map(causeOf), at);
    const keep = (budget: AlertBudget) =>
      keepAlertMemory({ budget, problems }, { history, stagingDir, at: clock.now() });
    keep(decision.budget);
    const alert = alertOf(decision, problems, ran, at);
    if (alert === null || alerts === null) return;
    const reached = await deliver(alert, alerts, deps);
    if (reached.length > 0) keep(decision.ifTaken);
  };

  const alertOf = (
    { reason, since }: AlertDecision,
    problems: readonly Problem[],
    ran: readonly Ran[],
    at: Temporal.Instant,
  ): Alert | null => {
    if (reason === null || since === null) return null;
    const where = { host: hostname(), at, since: Temporal.Instant.from(since) };
    const newest = databases.map(({ name }) => ({ database: name, good: newestGoodOf(history, name) }));
    if (reason === 'all-clear') return allClearAlert({ ...where, newest }, zone);
    const touched = newest.filter(({ database }) => problems.some((one) => (one.database ?? database) === database));
    const failed = ran.filter(({ outcome }) => outcome.kind === 'failed');
    const tries = failed.length === 0 ? null : (failed.at(-1)?.tries ?? []);
    return problemsAlert({ ...where, reason, problems, tries, newest: touched }, zone);
  };

  return {
    started: () => void ping('start', '', signal),
    ran({ name }, outcome, tries) {
      if (outcome.unrecorded !== null) history.keepRun(runOf(outcome.unrecorded));
      round.push({ database: name, outcome, tries });
    },
    rounded(failed) {
      if (failed.length === 0) void ping('success', `backed up: ${names(databases)}`, signal);
      else void ping('fail', `not backed up: ${names(failed)}`, signal);
      const ran = round;
      round = [];
      queue = queue.then(() => alertAfter(ran)).catch((error) => log.failure(asFailure(error)));
    },
    settled: () => queue,
  };
}

function newestGoodOf(history: LastingHistory, database: string) {
  const good = history.newestGood(database);
  return good === null || good.key === null ? null : { key: good.key, at: good.startedAt };
}

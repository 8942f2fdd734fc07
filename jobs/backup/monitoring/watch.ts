import { hostname } from 'node:os';
import type { Alert } from '../../monitoring/alerts/alert.ts';
import type { AlertBudget } from '../../monitoring/alerts/alert-budget.ts';
import { type AlertDecision, decideAlert } from '../../monitoring/alerts/alert-decision.ts';
import { deliver } from '../../monitoring/alerts/alert-delivery.ts';
import { runOf } from '../../monitoring/history/history-rows.ts';
import type { LastingHistory } from '../../monitoring/history/lasting-history.ts';
import { createPing } from '../../monitoring/ping.ts';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure } from '../../runtime/errors.ts';
import { afterGrace } from '../../runtime/grace.ts';
import type { Log } from '../../runtime/log.ts';
import { longestGapSeconds } from '../../runtime/schedule.ts';
import type { Database } from '../../settings/databases.ts';
import type { BackupSettingsWithoutStore } from '../../settings/settings.ts';
import type { Watch } from '../night.ts';
import { keepAlertMemory, readAlertMemory } from './alert-memory.ts';
import { allClearAlert, problemsAlert } from './alert-text.ts';
import { ageLimitSeconds } from './health.ts';
import { pingAfter } from './ping-after.ts';
import { causeOf, type Problem } from './problem.ts';
import { problemsAfter, type Ran, type Round } from './problems-after.ts';

type WatchDeps = {
  readonly history: LastingHistory;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds before a mail that did not go out is tried a second time. */
  readonly firstWaitMs?: number;
};

/** How long a mail or ping about runs that ended may still take when the service or the command is told to stop. */
const lastWordsSeconds = 5;
/** More than can be under way at once. */
const runsLookedAt = 5;

/**
 * Alerts by mail and the dead-man's switch. After each round of runs at most one mail says all that is wrong, as often as
 * `decideAlert` allows. Mails and pings go out one after another in the background; `settled` waits for them. Once `signal`
 * is aborted they have five seconds.
 */
export function watchOf(settings: BackupSettingsWithoutStore, deps: WatchDeps): Watch & { settled(): Promise<void> } {
  const { databases, alerts, stagingDir, zone, schedule } = settings;
  const { history, clock, log, signal } = deps;
  const ping = createPing(settings.pingUrl, 'BACKUP_PING_URL', log);
  const names = (some: readonly Database[]) => some.map(({ name }) => name);
  const untilStopped = () => (signal.aborted ? afterGrace(signal, lastWordsSeconds) : signal);
  let queue: Promise<void> = Promise.resolve();
  let pinged: Promise<void> = Promise.resolve();
  let ran: Ran[] = [];

  const alertAfter = async (round: Round, isCutShort: boolean) => {
    const { at } = round;
    const memory = readAlertMemory(history, stagingDir);
    const problems = problemsAfter(round, memory);
    const decision = decideAlert(memory.budget, problems.map(causeOf), at);
    const keep = (budget: AlertBudget) =>
      keepAlertMemory({ budget, problems }, { history, stagingDir, at: clock.now() });
    // Half a round in which nothing was wrong is no good run, of which two end an alarm.
    if (isCutShort && problems.length === 0) return keep(memory.budget);
    keep(decision.budget);
    const alert = alertOf(decision, problems, round);
    if (alert === null || alerts === null) return;
    const reached = await deliver(alert, alerts, { ...deps, signal: untilStopped() });
    if (reached.length > 0) keep(decision.ifTaken);
  };

  const alertOf = (
    { reason, since }: AlertDecision,
    problems: readonly Problem[],
    { ran, at }: Round,
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

  /** What can be seen now; the mail about it may have to wait for the one before. */
  const look = (): Round => {
    const openSuspects = new Map(databases.map(({ name }) => [name, history.openSuspects(name)]));
    return { at: clock.now(), ran, openSuspects, unrecorded: history.problem(), renamed: history.takeRenamed() };
  };

  const tellSwitch = ({ at, ran }: Round, failed: readonly string[], isCutShort: boolean) => {
    const names = ran.map(({ database }) => database);
    const limit = ageLimitSeconds(longestGapSeconds({ cron: schedule, zone }, at));
    const others = databases
      .filter(({ name }) => !names.includes(name))
      .map(({ name }) => ({ name, isBackedUp: isBackedUp(history, name, at.subtract({ seconds: limit })) }));
    const backedUp = names.filter((name) => !failed.includes(name));
    const said = pingAfter({ backedUp, failed, others, isCutShort });
    if (said !== null) pinged = ping(said.event, said.text, untilStopped());
  };

  return {
    started(some) {
      // A start without an end raises an alarm, and a run of one of several databases may have none.
      if (some.length === databases.length) pinged = ping('start', '', signal);
    },
    ran({ name }, outcome, tries) {
      if (outcome.unrecorded !== null) history.keepRun(runOf(outcome.unrecorded));
      const step = history.runs('backup', name, 1)[0]?.step ?? 'start';
      ran.push({ database: name, outcome, step, tries });
    },
    rounded(failed, isCutShort) {
      const round = look();
      ran = [];
      tellSwitch(round, names(failed), isCutShort);
      queue = queue.then(() => alertAfter(round, isCutShort)).catch((error) => log.failure(asFailure(error)));
    },
    settled: async () => void (await Promise.all([queue, pinged])),
  };
}

/** Whether the newest run that ended was good, and began after `earliest`. */
function isBackedUp(history: LastingHistory, database: string, earliest: Temporal.Instant): boolean {
  const ended = history.runs('backup', database, runsLookedAt).find(({ outcome }) => outcome !== 'running');
  return ended?.outcome === 'succeeded' && Temporal.Instant.compare(ended.startedAt, earliest) >= 0;
}

function newestGoodOf(history: LastingHistory, database: string) {
  const good = history.newestGood(database);
  return good === null || good.key === null ? null : { key: good.key, at: good.startedAt };
}

import { hostname } from 'node:os';
import type { Alert } from '../../monitoring/alerts/alert.ts';
import type { AlertBudget } from '../../monitoring/alerts/alert-budget.ts';
import type { AlertReason } from '../../monitoring/alerts/alert-decision.ts';
import type { AlertDeliveryDeps } from '../../monitoring/alerts/deliver-alert.ts';
import type { ResilientHistory } from '../../monitoring/history/resilient-history.ts';
import { deserializeRun } from '../../monitoring/history/serialized-run.ts';
import { type AlertReport, createNotifier } from '../../monitoring/notifier.ts';
import { longestGapSeconds } from '../../runtime/schedule.ts';
import type { BackupSettingsWithoutStore } from '../../settings/settings.ts';
import type { RunListener } from '../scheduled-backups.ts';
import { ageLimitSeconds } from '../status/health.ts';
import { readAlertState, saveAlertState } from './alert-state.ts';
import { allClearAlert, problemsAlert } from './alert-text.ts';
import { type BackupProblem, causeOf } from './backup-problem.ts';
import { roundPing } from './round-ping.ts';
import { type BackupRound, type EndedRun, problemsOfRound } from './round-problems.ts';

type BackupNotifierDeps = AlertDeliveryDeps & { readonly history: ResilientHistory };

/** More than can be under way at once. */
const recentRuns = 5;

/**
 * Alerts by mail and the dead-man's switch. After each round of runs at most one mail says all that is wrong, as often as
 * `decideAlert` allows, in the background; `flush` waits for them.
 */
export function createBackupNotifier(
  settings: BackupSettingsWithoutStore,
  deps: BackupNotifierDeps,
): RunListener & { verificationFailed(): void; flush(): Promise<void> } {
  const { databases, alerts, stagingDir, zone, schedule } = settings;
  const { history, clock } = deps;
  const notifier = createNotifier({ pingUrl: settings.pingUrl, pingVariable: 'BACKUP_PING_URL', alerts }, deps);
  let endedRuns: EndedRun[] = [];

  const reportOf = (round: BackupRound, isCutShort: boolean): AlertReport | null => {
    const state = readAlertState(history, stagingDir);
    const problems = problemsOfRound(round, state);
    const keepBudget = (budget: AlertBudget) =>
      saveAlertState({ budget, problems }, { history, stagingDir, at: clock.now() });
    // Half a round in which nothing was wrong is no good run, of which two end an alarm.
    if (isCutShort && problems.length === 0) {
      keepBudget(state.budget);
      return null;
    }
    return {
      at: round.at,
      causes: problems.map(causeOf),
      budget: state.budget,
      keepBudget,
      mail: (reason, since) => mailOf(reason, since, problems, round),
    };
  };

  const mailOf = (
    reason: AlertReason,
    since: Temporal.Instant,
    problems: readonly BackupProblem[],
    { ran, at }: BackupRound,
  ): Alert => {
    const context = { host: hostname(), at, since };
    const newest = databases.map(({ name }) => ({ database: name, good: newestGoodOf(history, name) }));
    if (reason === 'all-clear') return allClearAlert({ ...context, newest }, zone);
    const touched = newest.filter(({ database }) => problems.some((one) => (one.database ?? database) === database));
    const failed = ran.filter(({ outcome }) => outcome.kind === 'failed');
    const retryTimes = failed.length === 0 ? null : (failed.at(-1)?.retryTimes ?? []);
    return problemsAlert({ ...context, reason, problems, retryTimes, newest: touched }, zone);
  };

  /** What is wrong now; the mail about it may have to wait for the one before. */
  const observe = (): BackupRound => {
    const openSuspects = new Map(databases.map(({ name }) => [name, history.openSuspects(name)]));
    return {
      at: clock.now(),
      ran: endedRuns,
      openSuspects,
      verifications: databases.map(({ name: database }) => ({
        database,
        damaged: history.damagedBackups(database),
        routine: history.routineVerification(database),
      })),
      stateBackup: history.stateBackup(),
      unrecorded: history.problem(),
      renamed: history.takeRenamedPath(),
    };
  };

  const pingAfterRound = ({ at, ran }: BackupRound, failed: readonly string[], isCutShort: boolean) => {
    const names = ran.map(({ database }) => database);
    const notRun = databases.filter(({ name }) => !names.includes(name));
    const oldest = () => at.subtract({ seconds: ageLimitSeconds(longestGapSeconds({ cron: schedule, zone }, at)) });
    const others = notRun.map(({ name }) => ({ name, isBackedUp: isBackedUp(history, name, oldest()) }));
    const backedUp = names.filter((name) => !failed.includes(name));
    const ping = roundPing({ backedUp, failed, others, isCutShort });
    if (ping !== null) notifier.ping(ping.event, ping.text);
  };

  return {
    batchStarted(some) {
      // A start without an end raises an alarm, and a run of one of several databases may have none.
      if (some.length === databases.length) notifier.ping('start', '');
    },
    runEnded({ name }, outcome, retryTimes) {
      if (outcome.unrecorded !== null) history.recordRun(deserializeRun(outcome.unrecorded));
      const step = history.runs('backup', name, 1)[0]?.step ?? 'start';
      endedRuns.push({ database: name, outcome, step, retryTimes });
    },
    roundEnded(failed, isCutShort) {
      const round = observe();
      endedRuns = [];
      const failedNames = failed.map(({ name }) => name);
      pingAfterRound(round, failedNames, isCutShort);
      notifier.alert(() => reportOf(round, isCutShort));
    },
    /** Between rounds; no round of its own, so it ends no alarm. */
    verificationFailed() {
      const round = observe();
      notifier.alert(() => reportOf(round, true));
    },
    flush: () => notifier.flush(),
  };
}

/** Whether the newest run that ended was good, and began after `earliest`. */
function isBackedUp(history: ResilientHistory, database: string, earliest: Temporal.Instant): boolean {
  const ended = history.runs('backup', database, recentRuns).find(({ outcome }) => outcome !== 'running');
  return ended?.outcome === 'succeeded' && Temporal.Instant.compare(ended.startedAt, earliest) >= 0;
}

function newestGoodOf(history: ResilientHistory, database: string) {
  const good = history.newestGood(database);
  return good === null || good.key === null ? null : { key: good.key, at: good.startedAt };
}

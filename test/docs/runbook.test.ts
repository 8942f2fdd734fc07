import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { allClearAlert, problemsAlert } from '../../jobs/backup/alerts/alert-text.ts';
import type { BackupProblem } from '../../jobs/backup/alerts/backup-problem.ts';
import { renamedProblem, unrecordedProblem } from '../../jobs/backup/alerts/history-problems.ts';
import { problemsOfRun } from '../../jobs/backup/alerts/run-problems.ts';
import { problemOfState } from '../../jobs/backup/alerts/state-problem.ts';
import { problemsOfVerification, type VerificationFacts } from '../../jobs/backup/alerts/verification-problems.ts';
import { Failure, failureCodes } from '../../jobs/runtime/errors.ts';
import { summaryFailedAlert, summaryRecoveredAlert } from '../../jobs/summary/alerts.ts';
import { goodOutcome } from '../backup/good-outcome.ts';
import { root } from './markdown.ts';

const runbook = readFileSync(path.join(root, 'jobs', 'restore', 'README.md'), 'utf8');
const at = Temporal.Instant.from('2025-12-01T00:00:00Z');
const zone = 'UTC';
const trouble = { code: 'UNEXPECTED', message: 'Found.', hint: 'Do.' } as const;

test('the runbook has every alert that can be sent, by its subject', () => {
  const subjects = [...backupAlerts(), ...summaryAlerts()].map(({ subject }) =>
    subject.replace('nightshift: ', '').replace('UNEXPECTED', 'CODE'),
  );
  const [, alerts = ''] = /^## Alerts\n(.*?)^## /ms.exec(runbook) ?? [];
  const headings = [...alerts.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(
    subjects.filter((subject) => !headings.includes(subject)),
    [],
  );
  assert.deepEqual(
    // What tells somebody of trouble and is no mail.
    headings.filter((heading) => !subjects.includes(heading ?? '')),
    ['No mail, but the dead-man’s switch calls', 'The container is unhealthy'],
  );
});

test('the runbook’s table of failure codes has every code, and no other', () => {
  const [, table = ''] = /^## Failure codes\n(.*)/ms.exec(runbook) ?? [];
  const cells = [...table.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
  const codes = cells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code));
  assert.deepEqual(codes.toSorted(), failureCodes.toSorted());
});

function backupAlerts() {
  const where = { host: 'host', at, since: at };
  const mails = Object.values(problems()).map((problem) =>
    problemsAlert({ ...where, reason: 'new', problems: [problem], retryTimes: null, newest: [] }, zone),
  );
  return [...mails, allClearAlert({ ...where, newest: [{ database: 'csv_data', good: null }] }, zone)];
}

/** One of each kind; the type fails when a kind is added. */
function problems(): Readonly<Record<BackupProblem['kind'], BackupProblem>> {
  const good = goodOutcome('sqlite-backups/daily/csv_data_2025-12-01_020000.db.gz');
  return {
    failure: problemOf({ kind: 'failed', failure: trouble, unrecorded: null }),
    suspect: problemOf({
      ...good,
      suspicion: { reason: 'rows are gone', lostTables: [], bytes: { before: 2, now: 1 } },
    }),
    findings: problemOf({ ...good, findings: ['a finding'], findingKinds: 1 }),
    housekeeping: problemOf({ ...good, housekeeping: trouble }),
    'store-emptied': problemOf({ ...good, storeEmptied: 'The store is empty.' }),
    damaged: verificationProblem({ damaged: [{ key: 'daily/csv_data.db.gz', message: 'cut short', at }] }),
    unverified: verificationProblem({ routine: { at, key: null, problem: 'No room.', unverified: [] } }),
    'state-not-stored': stateProblem(),
    unrecorded: unrecordedProblem(trouble, at.toString()),
    'history-renamed': renamedProblem('/state/history.db.damaged', at.toString()),
  };
}

function stateProblem(): BackupProblem {
  const problem = problemOfState({ at, key: null, problem: 'No room.' });
  assert.ok(problem);
  return problem;
}

function verificationProblem(facts: Partial<VerificationFacts>): BackupProblem {
  const [problem] = problemsOfVerification({ database: 'csv_data', damaged: [], routine: null, ...facts });
  assert.ok(problem);
  return problem;
}

function problemOf(outcome: Parameters<typeof problemsOfRun>[0]['outcome']): BackupProblem {
  const [problem] = problemsOfRun({ database: 'csv_data', outcome, step: 'start', openSuspects: [], before: [], at });
  assert.ok(problem);
  return problem;
}

function summaryAlerts() {
  const where = { day: '2025-11-30', host: 'host', at, failedSince: at };
  const failure = new Failure(trouble.code, trouble.message, trouble.hint);
  return [
    summaryFailedAlert({ ...where, failure, missed: [], retries: [], reason: 'new' }, zone),
    summaryRecoveredAlert(where, zone),
  ];
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isRollback,
  type RestoreStep,
  resumeFrom,
  stepAfter,
  steps,
  stepWithoutJournal,
  withServicesDown,
} from '../../jobs/restore/swap/steps.ts';

const all = Object.keys(steps) as RestoreStep[];

/** The steps a restore takes when those in `failing` fail. */
function way(failing: readonly RestoreStep[], healthRollback = true): string {
  const taken: string[] = [];
  let step: RestoreStep | null | 'stuck' = 'stopping';
  while (step !== null && step !== 'stuck') {
    taken.push(step);
    step = stepAfter(step, failing.includes(step), healthRollback);
  }
  return [...taken, ...(step === 'stuck' ? ['stuck'] : [])].join(' ');
}

test('a restore goes forward when all goes well, and back from wherever a step fails', () => {
  const back = 'restoringOriginal restartingServices cleaningUp';
  assert.equal(way([]), 'stopping swapping checking starting watching finishing');
  assert.equal(way(['stopping']), 'stopping restartingServices cleaningUp');
  assert.equal(way(['swapping']), `stopping swapping ${back}`);
  assert.equal(way(['checking']), `stopping swapping checking ${back}`);
  assert.equal(way(['starting']), `stopping swapping checking starting stoppingForRollback ${back}`);
  assert.equal(way(['watching']), `stopping swapping checking starting watching stoppingForRollback ${back}`);
});

test('with --no-health-rollback a service that is unhealthy keeps the restored database', () => {
  assert.equal(way(['starting', 'watching'], false), way([]));
});

test('a rollback step that fails leaves the journal for the next run', () => {
  assert.equal(
    way(['watching', 'restoringOriginal']),
    'stopping swapping checking starting watching stoppingForRollback restoringOriginal stuck',
  );
  assert.equal(way(['finishing']), `${way([])} stuck`);
});

test('from every step there is an end, forward or back', () => {
  for (const step of all) {
    for (const failed of [false, true]) {
      let at: RestoreStep | null | 'stuck' = step;
      let count = 0;
      for (let first = failed; at !== null && at !== 'stuck'; first = false, count += 1)
        at = stepAfter(at, first, true);
      assert.ok(count <= all.length, `${step} goes round in circles`);
    }
  }
});

test('resumed where it died: with the restored file in place it goes forward, else it rolls back, and a rollback continues', () => {
  const resumed = (restoredInPlace: boolean) =>
    Object.fromEntries(all.map((step) => [step, resumeFrom(step, { rejected: false, restoredInPlace }).step]));
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const gone = {
    swapping: 'stoppingForRollback',
    checking: 'stoppingForRollback',
    starting: 'stoppingForRollback',
    watching: 'stoppingForRollback',
  };
  assert.deepEqual(resumed(true), {
    ...same,
    stopping: 'stoppingForRollback',
    swapping: 'checking',
  });
  assert.deepEqual(resumed(false), { ...same, stopping: 'stoppingForRollback', ...gone });
});

test('files move back only after this process has stopped the services', () => {
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const before = (areDown: boolean) => Object.fromEntries(all.map((step) => [step, withServicesDown(step, areDown)]));
  assert.deepEqual(before(true), same);
  assert.deepEqual(before(false), { ...same, restoringOriginal: 'stoppingForRollback' });
});

test('a step that cannot be journalled: back while services are down, else on', () => {
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const back = {
    stopping: 'restartingServices',
    swapping: 'restoringOriginal',
    checking: 'restoringOriginal',
    starting: 'restoringOriginal',
  };
  assert.deepEqual(Object.fromEntries(all.map((step) => [step, stepWithoutJournal(step)])), { ...same, ...back });
});

test('the rollback is told from the way forward', () => {
  assert.deepEqual(all.filter(isRollback), [
    'stoppingForRollback',
    'restoringOriginal',
    'restartingServices',
    'cleaningUp',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isWayBack,
  resumeFrom,
  type Step,
  stepAfter,
  steps,
  stepUnjournalled,
} from '../../jobs/restore/switch/steps.ts';

const all = Object.keys(steps) as Step[];

/** The steps a restore takes when those in `failing` fail. */
function way(failing: readonly Step[], healthRollback = true): string {
  const taken: string[] = [];
  let step: Step | null | 'stuck' = 'stopping';
  while (step !== null && step !== 'stuck') {
    taken.push(step);
    step = stepAfter(step, failing.includes(step), healthRollback);
  }
  return [...taken, ...(step === 'stuck' ? ['stuck'] : [])].join(' ');
}

test('a restore goes forward when all goes well, and back from wherever a step fails', () => {
  const back = 'returning reviving clearing';
  assert.equal(way([]), 'stopping swapping checking starting watching finishing');
  assert.equal(way(['stopping']), 'stopping reviving clearing');
  assert.equal(way(['swapping']), `stopping swapping ${back}`);
  assert.equal(way(['checking']), `stopping swapping checking ${back}`);
  assert.equal(way(['starting']), `stopping swapping checking starting halting ${back}`);
  assert.equal(way(['watching']), `stopping swapping checking starting watching halting ${back}`);
});

test('with --no-health-rollback a service that is not well keeps the restored database', () => {
  assert.equal(way(['starting', 'watching'], false), way([]));
});

test('a step on the way back that fails leaves the journal for the next run', () => {
  assert.equal(way(['watching', 'returning']), 'stopping swapping checking starting watching halting returning stuck');
  assert.equal(way(['finishing']), `${way([])} stuck`);
});

test('from every step there is an end, forward or back', () => {
  for (const step of all) {
    for (const failed of [false, true]) {
      let at: Step | null | 'stuck' = step;
      let count = 0;
      for (let first = failed; at !== null && at !== 'stuck'; first = false, count += 1)
        at = stepAfter(at, first, true);
      assert.ok(count <= all.length, `${step} goes round in circles`);
    }
  }
});

test('resumed where it died: before the restored file was in place it goes back, after that forward, on the way back on', () => {
  const resumed = (staged: boolean, restoredInPlace: boolean) =>
    Object.fromEntries(all.map((step) => [step, resumeFrom(step, { staged, rejected: false, restoredInPlace }).step]));
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const gone = { starting: 'halting', watching: 'halting' };
  assert.deepEqual(resumed(true, false), { ...same, ...gone, stopping: 'halting', swapping: 'halting' });
  assert.deepEqual(resumed(false, true), { ...same, stopping: 'halting', swapping: 'checking' });
  assert.deepEqual(resumed(false, false), { ...same, ...gone, stopping: 'halting', swapping: 'checking' });
});

test('a step that cannot be journalled: back while services are down, else on', () => {
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const back = { stopping: 'reviving', swapping: 'returning', checking: 'returning', starting: 'returning' };
  assert.deepEqual(Object.fromEntries(all.map((step) => [step, stepUnjournalled(step)])), { ...same, ...back });
});

test('the way back is told from the way forward', () => {
  assert.deepEqual(all.filter(isWayBack), ['halting', 'returning', 'reviving', 'clearing']);
});

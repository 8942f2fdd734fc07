import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isWayBack,
  resumeFrom,
  type Step,
  stepAfter,
  steps,
  stepUnjournalled,
  withServicesDown,
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

test('resumed where it died: with the restored file in place it goes forward, else back, on the way back on', () => {
  const resumed = (restoredInPlace: boolean) =>
    Object.fromEntries(all.map((step) => [step, resumeFrom(step, { rejected: false, restoredInPlace }).step]));
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const gone = { swapping: 'halting', checking: 'halting', starting: 'halting', watching: 'halting' };
  assert.deepEqual(resumed(true), { ...same, stopping: 'halting', swapping: 'checking' });
  assert.deepEqual(resumed(false), { ...same, stopping: 'halting', ...gone });
});

test('files move back only after this process has stopped the services', () => {
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const before = (areDown: boolean) => Object.fromEntries(all.map((step) => [step, withServicesDown(step, areDown)]));
  assert.deepEqual(before(true), same);
  assert.deepEqual(before(false), { ...same, returning: 'halting' });
});

test('a step that cannot be journalled: back while services are down, else on', () => {
  const same = Object.fromEntries(all.map((step) => [step, step]));
  const back = { stopping: 'reviving', swapping: 'returning', checking: 'returning', starting: 'returning' };
  assert.deepEqual(Object.fromEntries(all.map((step) => [step, stepUnjournalled(step)])), { ...same, ...back });
});

test('the way back is told from the way forward', () => {
  assert.deepEqual(all.filter(isWayBack), ['halting', 'returning', 'reviving', 'clearing']);
});

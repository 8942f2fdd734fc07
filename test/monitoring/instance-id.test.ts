import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { readInstanceId, takeOverInstance } from '../../jobs/monitoring/history/instance-id.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { openResilientHistory } from '../../jobs/monitoring/history/resilient-history.ts';

function folder(t: TestContext) {
  const made = mkdtempSync(path.join(tmpdir(), 'instance-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function idIn(stateDir: string) {
  const history = openHistory(stateDir);
  const { own } = history.instances();
  history.close();
  return own;
}

test('each STATE_DIR gets an id of its own, and keeps it', (t) => {
  const [one, other] = [folder(t), folder(t)];
  const id = idIn(one);
  assert.match(id ?? '', /^[0-9a-f]{16}$/);
  assert.deepEqual([idIn(one), idIn(other) === id], [id, false]);
});

test('a history that is begun anew keeps the id, and so does one in memory while STATE_DIR holds a damaged one', (t) => {
  const stateDir = folder(t);
  const file = path.join(stateDir, 'history.db');
  const id = idIn(stateDir);
  writeFileSync(file, 'no database at all, but long enough to be taken for one that is damaged'.repeat(9));
  const inMemory = openResilientHistory(stateDir);
  assert.deepEqual([inMemory.problem()?.code, inMemory.instances().own], ['HISTORY_DAMAGED', id]);
  inMemory.close();
  rmSync(file);
  assert.equal(idIn(stateDir), id);
});

test('a history that is brought to another STATE_DIR brings its id along', (t) => {
  const [old, rebuilt] = [folder(t), folder(t)];
  const id = idIn(old);
  assert.notEqual(idIn(rebuilt), id);
  copyFileSync(path.join(old, 'history.db'), path.join(rebuilt, 'history.db'));
  assert.deepEqual([idIn(rebuilt), readFileSync(path.join(rebuilt, 'instance-id'), 'utf8')], [id, `${id}\n`]);
});

test('a history that is taken over keeps the id of the STATE_DIR it comes to, and has replaced its own; twice is as once', (t) => {
  const at = Temporal.Instant.from('2025-11-30T00:00:00Z');
  const [old, used, empty] = [folder(t), folder(t), folder(t)];
  const [id, usedId] = [idIn(old), idIn(used)];
  for (const stateDir of [used, empty]) {
    const file = path.join(stateDir, 'history.db');
    copyFileSync(path.join(old, 'history.db'), file);
    takeOverInstance(file, stateDir, at);
    const own = readInstanceId(stateDir);
    takeOverInstance(file, stateDir, at);
    const history = openHistory(stateDir);
    assert.deepEqual(history.instances(), { own, replaced: new Map([[id, at]]) });
    history.close();
  }
  assert.deepEqual([readInstanceId(used), readInstanceId(empty) === id], [usedId, false]);
  takeOverInstance(path.join(old, 'history.db'), old, at);
  const history = openHistory(old);
  assert.deepEqual(history.instances(), { own: id, replaced: new Map() });
  history.close();
});

test('which instances this one replaced is remembered, with when', (t) => {
  const history = openHistory(folder(t));
  const at = Temporal.Instant.from('2025-11-30T00:00:00Z');
  history.recordReplacedInstance('0123456789abcdef', at);
  assert.deepEqual(history.instances().replaced, new Map([['0123456789abcdef', at]]));
  history.close();
});

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { cruise, type IForbiddenRuleType } from 'dependency-cruiser';
import { partsOfRestore, rooms, roomsOfInfra } from './rooms.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

const forbidden: IForbiddenRuleType[] = [
  ...rooms.map((room, index) =>
    imports('room', `^jobs/${room}/`, `^jobs/(${rooms.slice(index + 1).join('|') || '-'})/`),
  ),
  imports('room', '^jobs/[^/]+/', '^jobs/(cli|build)\\.ts$'),
  imports('room', '^jobs/[^/]+/', '^infra/'),
  imports('infra', '^infra/', `^jobs/(?!(${roomsOfInfra.join('|')})/)`),
  ...partsOfRestore.map((part, index) =>
    imports('restore', inRestore(part), inRestore(`(${partsOfRestore.slice(0, index).join('|') || '-'})`)),
  ),
  { name: 'circle', severity: 'error', from: {}, to: { circular: true } },
];

/** Imports that break a rule, type-only ones included, by the rule's name. */
const violations = new Map<string, string[]>();

before(async () => {
  const { output } = await cruise(['jobs', 'infra'], {
    baseDir: root,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
    validate: true,
    ruleSet: { forbidden },
  });
  if (typeof output === 'string') throw new Error(output);
  assert.ok(output.summary.totalCruised > 300, 'the sources were read');
  for (const { rule, from, to } of output.summary.violations) {
    violations.set(rule.name, [...(violations.get(rule.name) ?? []), `${from} -> ${to}`]);
  }
});

function imports(name: string, from: string, to: string): IForbiddenRuleType {
  return { name, severity: 'error', from: { path: from }, to: { path: to } };
}

function inRestore(part: string): string {
  return `^jobs/restore/${part}(/|\\.ts$)`;
}

test('every folder of jobs is a room with a place in the order', () => {
  const folders = readdirSync(path.join(root, 'jobs'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).toSorted(), rooms.toSorted());
});

for (const [rule, meaning] of Object.entries({
  room: 'a room imports only from rooms before it',
  infra: 'infra takes from jobs only the rooms that its Node can run',
  restore: 'the arrows in restore run one way',
  circle: 'no imports in a circle',
})) {
  test(meaning, () => assert.deepEqual(violations.get(rule) ?? [], []));
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import { commandLineOf } from '../../jobs/restore/options/command-line.ts';
import { actionOf } from '../../jobs/restore/options/parse-options.ts';
import { usedBy } from '../../jobs/restore/options/unused-options.ts';
import { restoreCommand } from '../../jobs/restore/restore-command.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { Failure } from '../../jobs/runtime/errors.ts';

const nothing: CliOptions = {
  file: undefined,
  folder: undefined,
  docker: true,
  healthRollback: true,
};

const understood: readonly [string, Partial<CliOptions>, ReturnType<typeof actionOf>][] = [
  ['', {}, { kind: 'resume' }],
  ['latest', { file: 'latest' }, { kind: 'restore', selector: { kind: 'latest', folder: null } }],
  [
    'latest weekly',
    { file: 'latest', folder: 'weekly' },
    { kind: 'restore', selector: { kind: 'latest', folder: 'weekly' } },
  ],
  ['--undo', { undo: true }, { kind: 'undo', name: null }],
  ['--undo NAME', { undo: 'x.backup' }, { kind: 'undo', name: 'x.backup' }],
  ['--safety-copies', { safetyCopies: true }, { kind: 'list safety copies' }],
  ['--safety-copies --remove NAME', { safetyCopies: true, remove: 'x' }, { kind: 'remove safety copy', name: 'x' }],
  [
    'latest --to /look.db',
    { file: 'latest', to: '/look.db' },
    { kind: 'write copy', selector: { kind: 'latest', folder: null }, to: '/look.db' },
  ],
];
for (const [commandLine, typed, request] of understood) {
  test(`restore ${commandLine}: understood as what it says`, () => {
    assert.deepEqual(actionOf({ ...nothing, ...typed }, 'UTC'), request);
  });
}

const named = { kind: 'file', name: 'x.db.gz', folder: 'daily' } as const;
for (const typed of [
  { compare: 'x.db.gz', file: 'daily' },
  { compare: true, file: 'x.db.gz', folder: 'daily' },
] as const) {
  test(`restore ${commandLineOf({ ...nothing, ...typed }).join(' ')}: the name before --compare or after it`, () => {
    assert.deepEqual(actionOf({ ...nothing, ...typed }, 'UTC'), { kind: 'compare', selector: named });
  });
}

test('restore --compare alone: the person picks one', () => {
  assert.deepEqual(actionOf({ ...nothing, compare: true }, 'UTC'), { kind: 'compare', selector: { kind: 'pick' } });
});

const refused: readonly [string, Partial<CliOptions>][] = [
  ['--compare-limit 5', { compareLimit: 5 }],
  ['--compare --leave-off web', { compare: true, leaveOff: 'web' }],
  ['--compare x --undo', { compare: 'x', undo: true }],
  ['--compare x --at 2025-11-30', { compare: 'x', at: '2025-11-30' }],
  ['latest --undo', { file: 'latest', undo: true }],
  ['--undo --to /look.db', { undo: true, to: '/look.db' }],
  ['latest --keep-owner --owner 1:2', { file: 'latest', keepOwner: true, owner: { uid: 1, gid: 2 } }],
  ['latest --keep-owner --mode 600', { file: 'latest', keepOwner: true, mode: 0o600 }],
  ['--undo --keep-owner', { undo: true, keepOwner: true }],
  ['latest --to /look.db --keep-owner', { file: 'latest', to: '/look.db', keepOwner: true }],
  ['--safety-copies --to /look.db', { safetyCopies: true, to: '/look.db' }],
  ['--to /look.db', { to: '/look.db' }],
  ['latest --to /look.db --dry-run', { file: 'latest', to: '/look.db', dryRun: true }],
  ['--safety-copies --remove NAME --dry-run', { safetyCopies: true, remove: 'x', dryRun: true }],
  ['--remove NAME', { remove: 'x' }],
  ['latest --allow-damaged-copy', { file: 'latest', allowDamagedCopy: true }],
  ['--at 2025-02-30', { at: '2025-02-30' }],
  ['--compare x --owner 1:2', { compare: 'x', owner: { uid: 1, gid: 2 } }],
  ['--compare x --mode 600', { compare: 'x', mode: 0o600 }],
  ['--compare x --keep-owner', { compare: 'x', keepOwner: true }],
  ['latest --to /look.db --no-health-rollback', { file: 'latest', to: '/look.db', healthRollback: false }],
  ['--safety-copies --dry-run', { safetyCopies: true, dryRun: true }],
  ['--undo --identity key.txt', { undo: true, identity: 'key.txt' }],
];
for (const [commandLine, typed] of refused) {
  test(`restore ${commandLine}: refused, not guessed at`, () => {
    assert.throws(
      () => actionOf({ ...nothing, ...typed }, 'UTC'),
      (error) => error instanceof Failure && error.code === 'ARGUMENT_INVALID',
    );
  });
}

test('what decides whether a state is in use has a meaning with --state', () => {
  const action = actionOf({ ...nothing, state: true, docker: false, allowUnseen: true }, 'UTC');
  assert.deepEqual(action, { kind: 'restore state', name: null, replace: false });
});

test('all options that would be ignored are named at once, with what they have no meaning with', () => {
  assert.throws(() => actionOf({ ...nothing, compare: 'x', owner: { uid: 1, gid: 2 }, mode: 0o600, to: '/y' }, 'UTC'), {
    code: 'ARGUMENT_INVALID',
    message: '--to and --owner and --mode have no meaning with --compare: it stops and changes nothing.',
    hint: 'Leave out the one or the other. `nightshift restore --help` says what each is for.',
  });
});

test('a time that is none, or carries a zone of its own, is refused with the forms there are and the zone they are read in', () => {
  for (const at of ['12:00', '2025-02-30', '2025-11-30T14:00+00:00', '2025-11-30T14:00Z', '20251130']) {
    assert.throws(() => actionOf({ ...nothing, at }, 'Asia/Kuala_Lumpur'), {
      code: 'ARGUMENT_INVALID',
      message: `"${at}" is neither a date nor a local time.`,
      hint: 'Write 2025-11-30 (up to the end of that day), "2025-11-30 14:00" or "2025-11-30 14:00:30", local time in Asia/Kuala_Lumpur (TIME_ZONE).',
    });
  }
});

test('what was typed can be repeated, word by word', () => {
  const typed: CliOptions = {
    ...{
      ...nothing,
      file: 'x.db.gz',
      folder: 'daily',
      database: 'shop',
      identity: 'key.txt',
      yes: true,
      docker: false,
    },
    ...{ ignoreOpenFiles: true, allowUnseen: true, allowOtherDatabase: true, allowEmpty: true, allowDamagedCopy: true },
    ...{ healthRollback: false, undoRoom: false, healthTimeout: 5, owner: { uid: 1001, gid: 1002 }, mode: 0o640 },
  };
  assert.equal(
    commandLineOf(typed).join(' '),
    'restore x.db.gz daily --database shop --identity key.txt --yes --ignore-open-files --allow-unseen' +
      ' --allow-other-database --allow-empty --allow-damaged-copy --no-docker --no-health-rollback --no-undo-room --health-timeout 5' +
      ' --owner 1001:1002 --mode 640',
  );
  assert.equal(commandLineOf({ ...nothing, undo: true, dryRun: true }).join(' '), 'restore --undo --dry-run');
  const removal = { ...nothing, safetyCopies: true, remove: 'y' } as const;
  assert.equal(commandLineOf(removal).join(' '), 'restore --safety-copies --remove y');
});

test('every option of the command is repeated', () => {
  const values: Readonly<Record<string, string>> = {
    '--health-timeout': '5',
    '--owner': '7:8',
    '--mode': '600',
    '--compare-limit': '5',
  };
  const context = { environment: {}, clock: systemClock, interactive: false, out: assert.fail, err: assert.fail };
  const options = restoreCommand({ ...context, signal: new AbortController().signal }).options;
  const repeated = options.map(({ long, required }) => {
    const commandLine = [long ?? '', ...(required ? [values[long ?? ''] ?? 'x'] : [])];
    let typed: CliOptions | null = null;
    restoreCommand({ ...context, signal: new AbortController().signal })
      .action((file, folder, given) => {
        typed = { ...given, file, folder };
      })
      .parse(commandLine, { from: 'user' });
    return { typed: ['restore', ...commandLine], repeated: typed === null ? [] : commandLineOf(typed) };
  });
  assert.ok(repeated.length > 15);
  assert.deepEqual(
    repeated.map(({ repeated }) => repeated),
    repeated.map(({ typed }) => typed),
  );
});

test('of each option it is known in which actions it means something, and of no other word', () => {
  const context = {
    environment: {},
    clock: systemClock,
    signal: new AbortController().signal,
    out: () => {},
    err: () => {},
    interactive: false,
  };
  const offered = restoreCommand(context).options.map(({ long }) => long);
  assert.deepEqual(Object.keys(usedBy).toSorted(), offered.toSorted());
});

import { Failure } from '../../runtime/errors.ts';
import type { CliOptions } from './cli-options.ts';
import { commandLineOf } from './command-line.ts';
import type { RestoreAction } from './restore-options.ts';

type ActionKind = RestoreAction['kind'];

/** Those that put a backup or a safety copy in the database's place; `restore` alone may lead to one. */
const restores: readonly ActionKind[] = ['resume', 'restore', 'undo'];
const anywhere: readonly ActionKind[] = [
  ...restores,
  'write copy',
  'compare',
  'list safety copies',
  'remove safety copy',
];

/** In which actions each option means something. */
export const usedBy: Readonly<Record<string, readonly ActionKind[]>> = {
  '--at': ['restore', 'write copy', 'compare'],
  '--undo': ['undo'],
  '--safety-copies': ['list safety copies', 'remove safety copy'],
  '--state': ['restore state'],
  '--replace-state': ['restore state'],
  '--remove': ['remove safety copy'],
  '--to': ['write copy'],
  '--compare': ['compare'],
  '--compare-limit': ['compare'],
  '--database': anywhere,
  '--identity': ['resume', 'restore', 'write copy', 'compare', 'restore state'],
  '--dry-run': [...restores, 'restore state'],
  '--yes': [...anywhere, 'restore state'],
  '--ignore-open-files': [...restores, 'remove safety copy'],
  '--allow-unseen': [...restores, 'remove safety copy', 'restore state'],
  '--allow-lost-file': restores,
  '--allow-other-database': restores,
  '--allow-empty': restores,
  '--allow-damaged-copy': ['undo'],
  '--allow-missing-services': restores,
  '--no-docker': [...anywhere, 'restore state'],
  '--no-health-rollback': restores,
  '--no-undo-room': restores,
  '--leave-off': ['resume'],
  '--health-timeout': restores,
  '--owner': [...restores, 'write copy'],
  '--mode': [...restores, 'write copy'],
  '--keep-owner': ['resume', 'restore'],
};

/** What an action is called, and why it needs no more. */
const actions: Readonly<Record<ActionKind, readonly [name: string, why: string]>> = {
  resume: ['a restore without a name', 'it finishes an unfinished one, or offers the list'],
  restore: ['the restore of a backup', 'a damaged one is never restored'],
  undo: ['--undo', 'the safety copy comes back with its own owner and mode, and is not encrypted'],
  'write copy': ['--to', 'it touches no database and no service'],
  compare: ['--compare', 'it stops and changes nothing'],
  'list safety copies': ['--safety-copies', 'it lists them'],
  'remove safety copy': ['--safety-copies --remove', 'it removes that one'],
  'restore state': ['--state', 'it brings back STATE_DIR, no database'],
};

/** An option that would be ignored is one that the person counts on. Throws ARGUMENT_INVALID that names each of them. */
export function refuseUnusedOptions(typed: CliOptions, kind: ActionKind): void {
  const unused = commandLineOf(typed).filter((word) => usedBy[word]?.includes(kind) === false);
  if (unused.length === 0) return;
  const [name, why] = actions[kind];
  throw new Failure(
    'ARGUMENT_INVALID',
    `${unused.join(' and ')} ${unused.length === 1 ? 'has' : 'have'} no meaning with ${name}: ${why}.`,
    'Leave out the one or the other. `nightshift restore --help` says what each is for.',
  );
}

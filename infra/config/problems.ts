import { Failure } from '../../jobs/runtime/errors.ts';

/** A key of the config that cannot be used: what was found (never a secret) and what to do. */
export type Problem = { readonly key: string; readonly found: string; readonly hint: string };

/** All problems in one SETTINGS_INVALID, thrown before any resource is touched. */
export function configFailure(problems: readonly Problem[]): Failure {
  const count = problems.length === 1 ? '1 key of the stack is' : `${problems.length} keys of the stack are`;
  const lines = problems.map(({ key, found, hint }) => `nightshift:${key} ${found}: ${hint}`);
  return new Failure('SETTINGS_INVALID', `${count} not usable; nothing was touched.`, lines.join('\n'));
}

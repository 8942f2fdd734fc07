import { Failure } from '../../jobs/platform/errors.ts';

/** A key of the config that cannot be used: what was found (never a secret) and what to do. */
export type Problem = { readonly key: string; readonly found: string; readonly cure: string };

/** All problems in one SETTINGS_INVALID, thrown before any resource is touched. */
export function configFailure(problems: readonly Problem[]): Failure {
  const count = problems.length === 1 ? '1 key of the stack is' : `${problems.length} keys of the stack are`;
  const lines = problems.map(({ key, found, cure }) => `nightshift:${key} ${found}: ${cure}`);
  return new Failure('SETTINGS_INVALID', `${count} not usable; nothing was touched.`, lines.join('\n'));
}

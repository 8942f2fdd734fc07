import { Failure } from '../runtime/errors.ts';
import type { Setting } from './setting.ts';

/** A setting that cannot be used: which, what was found (never a secret), what to do. */
export type SettingProblem = { readonly name: string; readonly found: string; readonly hint: string };

/** All problems in one SETTINGS_INVALID. `message` says how many, and what was not done. */
export function settingsFailure(message: string, problems: readonly SettingProblem[]): Failure {
  const lines = problems.map(({ name, found, hint }) => `${name} ${found}: ${hint}`);
  return new Failure('SETTINGS_INVALID', message, lines.join('\n'));
}

/**
 * The value of a text by the rule of its row; what cannot be used goes on the list under `name`. Without a text, or with a
 * bad one, the default's value; null when there is none.
 */
export function parseSetting(row: Setting, text: string | null, name: string, problems: SettingProblem[]): unknown {
  const fallback = row.default === null ? null : row.rule.parse(row.default);
  if (text === null) return fallback;
  const parsed = row.rule.safeParse(text);
  if (parsed.success) return parsed.data;
  const wanted = parsed.error.issues[0]?.message ?? 'another value';
  const orDefault = row.default === null ? '' : `, or leave it out for ${row.default}`;
  const found = row.secret || isAgeSecret(text) ? 'is not usable' : `is "${text}"`;
  problems.push({ name, found, hint: `set it to ${wanted}${orDefault}` });
  return fallback;
}

/** A private key in the place of the public one is no less a secret. */
function isAgeSecret(text: string): boolean {
  return /AGE-SECRET-KEY-/i.test(text);
}

import type { z } from 'zod';
import { Failure } from '../runtime/errors.ts';
import type { Setting } from './setting.ts';

/** A setting that cannot be used: which, what was found (never a secret), what to do. */
export type SettingProblem = { readonly name: string; readonly found: string; readonly hint: string };

/** Throws one SETTINGS_INVALID that lists all problems, when there are any. `consequence`: what was not done because of them. */
export function requireNoProblems(
  problems: readonly SettingProblem[],
  { one, many, consequence }: { readonly one: string; readonly many: string; readonly consequence: string },
): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? `1 ${one} is` : `${problems.length} ${many} are`;
  const lines = problems.map(({ name, found, hint }) => `${name} ${found}: ${hint}`);
  throw new Failure('SETTINGS_INVALID', `${count} not usable; ${consequence}.`, lines.join('\n'));
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
  const orDefault = row.default === null ? '' : `, or leave it out for ${row.default}`;
  const found = row.secret || isAgeSecret(text) ? 'is not usable' : `is ${onOneLine(text)}`;
  problems.push({ name, found, hint: `set it to ${wantedBy(parsed.error)}${orDefault}` });
  return fallback;
}

/** What a rule wants, by the error of a text that breaks it: `a whole number from 0 to 23`. */
export function wantedBy(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'another value';
}

function onOneLine(text: string): string {
  return text.includes('\n') ? JSON.stringify(text) : `"${text}"`;
}

/** A private key in the place of the public one is no less a secret. */
function isAgeSecret(text: string): boolean {
  return /AGE-SECRET-KEY-/i.test(text);
}

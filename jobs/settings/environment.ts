import { readFileSync } from 'node:fs';
import type { Environment } from '../runtime/cli-context.ts';
import { type Values, type Variable, type VariableName, variables } from './variables.ts';

/** A setting that cannot be used: which, what was found (never a secret), what to do. */
export type Problem = { readonly variable: string; readonly found: string; readonly hint: string };

/** The value of every variable that nightshift reads; what cannot be used is added to `problems`. */
export function readValues(environment: Environment, problems: Problem[]): Values {
  const names = Object.keys(variables) as VariableName[];
  return Object.fromEntries(names.map((name) => [name, readValue(name, environment, problems)])) as Values;
}

function readValue(name: VariableName, environment: Environment, problems: Problem[]): unknown {
  const variable: Variable<unknown> = variables[name];
  const given = givenText(name, environment, problems);
  const text = given ?? variable.default;
  if (text === null) return null;
  const parsed = variable.schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const found = variable.secret || isAgeSecret(text) ? 'is not usable' : `is "${text}"`;
  const wanted = parsed.error.issues[0]?.message ?? 'another value';
  const orDefault = variable.default === null ? '' : `, or leave it out for ${variable.default}`;
  problems.push({ variable: name, found, hint: `set it to ${wanted}${orDefault}` });
  return null;
}

/** A private key in the place of the public one is no less a secret. */
function isAgeSecret(text: string): boolean {
  return /AGE-SECRET-KEY-/i.test(text);
}

/** The text of NAME or of the file that NAME_FILE names; empty counts as not given. */
function givenText(name: string, environment: Environment, problems: Problem[]): string | null {
  const direct = environment[name]?.trim() || null;
  const file = environment[`${name}_FILE`]?.trim() || null;
  if (file === null) return direct;
  if (direct !== null) {
    problems.push({ variable: name, found: `and ${name}_FILE are both set`, hint: 'keep one of them' });
    return direct;
  }
  try {
    const content = readFileSync(file, 'utf8').trim();
    if (content === '')
      problems.push({
        variable: `${name}_FILE`,
        found: `names ${file}, which is empty`,
        hint: 'write the value into it',
      });
    return content || null;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    problems.push({
      variable: `${name}_FILE`,
      found: `names ${file}, which cannot be read (${reason})`,
      hint: 'check the path and that this user may read it',
    });
    return null;
  }
}

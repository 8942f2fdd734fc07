import { readFileSync } from 'node:fs';
import type { Environment } from '../runtime/cli-context.ts';
import { parseSetting, type SettingProblem } from './problem.ts';
import type { EnvironmentValues, Setting } from './setting.ts';

/** The value of every row that has a variable, by its name; what cannot be used is added to `problems`. */
export function readEnvironment<Row extends Setting>(
  rows: readonly Row[],
  environment: Environment,
  problems: SettingProblem[],
): EnvironmentValues<Row> {
  const values = rows.flatMap((row) => {
    const { environment: name } = row;
    return name === null ? [] : [[name, parseSetting(row, givenText(name, environment, problems), name, problems)]];
  });
  return Object.fromEntries(values);
}

/** The text of NAME or of the file that NAME_FILE names; empty counts as not given. */
function givenText(name: string, environment: Environment, problems: SettingProblem[]): string | null {
  const direct = environment[name]?.trim() || null;
  const file = environment[`${name}_FILE`]?.trim() || null;
  if (file === null) return direct;
  if (direct !== null) {
    problems.push({ name, found: `and ${name}_FILE are both set`, hint: 'keep one of them' });
    return direct;
  }
  try {
    const content = readFileSync(file, 'utf8').trim();
    if (content === '')
      problems.push({ name: `${name}_FILE`, found: `names ${file}, which is empty`, hint: 'write the value into it' });
    return content || null;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    problems.push({
      name: `${name}_FILE`,
      found: `names ${file}, which cannot be read (${reason})`,
      hint: 'check the path and that this user may read it',
    });
    return null;
  }
}

import type { ShellLine } from './shell-file.ts';
import type { Setting, StackValues } from './stack-values.ts';

/** One config key of the program, as init-stack asks for it. */
export type StackKey = {
  /** `nightshift:bucket`. */
  readonly key: string;
  readonly meaning: string;
  readonly secret: boolean;
  readonly required: boolean;
  readonly default: string | null;
  /** Its name in the settings of the shell scripts, if it had one. */
  readonly variable: string | null;
  /** What is wrong with a value, or null. Never repeats the value. */
  readonly problem: (value: string) => string | null;
};

export type Import = {
  /** To be written: new or changed. */
  readonly settings: readonly Setting[];
  /** Keys that already have this value. */
  readonly same: readonly string[];
  /** Lines and names of the file that were not taken, each with why. */
  readonly left: readonly string[];
  /** Values that cannot be used; nothing is written when there is one. */
  readonly problems: readonly string[];
};

/** What a file of old settings becomes in the stack's config. The last of two assignments counts, as in a shell. */
export function planImport(lines: readonly ShellLine[], keys: readonly StackKey[], now: StackValues): Import {
  const assigned = lines.filter((line) => line.kind === 'assignment');
  const values = new Map(assigned.map(({ name, value }) => [name, value]));
  const taken = keys.flatMap((key) => {
    const value = key.variable === null ? undefined : values.get(key.variable);
    return value === undefined || value === '' ? [] : [{ key, value }];
  });
  const known = new Set(keys.map(({ variable }) => variable));
  const problems = taken.flatMap(({ key, value }) => {
    const problem = key.problem(value);
    return problem === null ? [] : [`${key.variable} (${key.key}): ${problem}`];
  });
  return {
    settings: taken
      .filter(({ key, value }) => now.get(key.key) !== value)
      .map(({ key, value }) => ({ key: key.key, value, secret: key.secret })),
    same: taken.filter(({ key, value }) => now.get(key.key) === value).map(({ key }) => key.key),
    left: [
      ...[...values.keys()].filter((name) => !known.has(name)).map((name) => `${name}: no setting of nightshift`),
      ...[...values].filter(([name, value]) => known.has(name) && value === '').map(([name]) => `${name}: empty`),
      ...lines.flatMap((line) => (line.kind === 'other' ? [`line ${line.line}: ${line.why}`] : [])),
    ],
    problems,
  };
}

/** Required keys that neither the stack nor the settings to come have. */
export function missingKeys(keys: readonly StackKey[], now: StackValues, coming: readonly Setting[]): StackKey[] {
  const will = new Set(coming.map(({ key }) => key));
  return keys.filter(({ key, required }) => required && !now.has(key) && !will.has(key));
}

/** `key = value` as it may be shown: of a secret, nothing. */
export function shown({ key, value, secret }: Setting): string {
  return `${key} = ${secret ? '(secret)' : value}`;
}

import { type ConfigKeyName, configKeys } from './keys.ts';
import type { Problem } from './problems.ts';
import type { Texts } from './values.ts';

/** Reads single values; whatever is wrong goes on the list, and something of the right type comes back. */
export type Reader = {
  optional(key: ConfigKeyName): string | null;
  text(key: ConfigKeyName, why: string): string;
  matching(key: ConfigKeyName, pattern: RegExp, wanted: string): string | null;
  oneOf<T extends string>(key: ConfigKeyName, choices: readonly T[]): T;
  whole(key: ConfigKeyName, least: number, most: number): number;
  flag(key: ConfigKeyName): boolean;
  report(key: ConfigKeyName, found: string, hint: string): void;
};

export function readerOf({ name, text: given }: Texts, problems: Problem[]): Reader {
  const orDefault = (key: ConfigKeyName) => given(key) ?? defaultOf(key);
  const report = (key: ConfigKeyName, found: string, hint: string) => {
    const where = name !== '' && configKeys[key].perHost ? `hosts (${name}).${key}` : key;
    if (!problems.some((problem) => problem.key === where && problem.found === found))
      problems.push({ key: where, found, hint });
  };
  return {
    optional: orDefault,
    report,
    text(key, why) {
      const value = orDefault(key);
      if (value === null) report(key, 'is not set', `${why}; set it: ${configKeys[key].meaning}`);
      return value ?? '';
    },
    matching(key, pattern, wanted) {
      const value = orDefault(key);
      if (value !== null && !pattern.test(value)) report(key, `is "${value}"`, `set it to ${wanted}`);
      return value;
    },
    oneOf(key, choices) {
      const value = orDefault(key);
      const choice = choices.find((each) => each === value);
      if (choice === undefined) report(key, `is "${value}"`, `set it to ${choices.join(' or ')}`);
      return choice ?? (choices[0] as (typeof choices)[number]);
    },
    whole(key, least, most) {
      const value = orDefault(key);
      if (value !== null && /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most)
        return Number(value);
      const found = value === null ? 'is not set' : `is "${value}"`;
      report(key, found, `set it to a whole number from ${least} to ${most}`);
      return least;
    },
    flag(key) {
      const value = orDefault(key);
      if (value !== 'true' && value !== 'false') report(key, `is "${value}"`, 'set it to true or false');
      return value === 'true';
    },
  };
}

function defaultOf(key: ConfigKeyName): string | null {
  const fallback = configKeys[key].default;
  return fallback === null ? null : String(fallback);
}

import { tortureKills } from './kills/torture-kills.ts';
import { tortureMutants } from './mutants/torture-mutants.ts';
import { torturePower } from './power/torture-power.ts';

// `npm run torture PART ...`: checks that take too long for `npm test`. Exit code 1: something was found.
const parts: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  kills: tortureKills,
  mutants: tortureMutants,
  power: torturePower,
};

const [name = '', ...args] = process.argv.slice(2);
const part = parts[name];
if (part === undefined) {
  console.error(`There is no part "${name}"; there are: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
process.exitCode = (await part(args)) ? 0 : 1;

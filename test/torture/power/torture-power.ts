import { cutPower } from './power-cuts.ts';
import { powerCutSubjects } from './subjects.ts';

const seeds = 2;

/**
 * `power [SUBJECT …]`: cuts the power after every write and flush, without loss and with a random half of the unflushed writes
 * lost. True when all survived. As root, with the lab's part `power`.
 */
export async function torturePower(args: readonly string[]): Promise<boolean> {
  const names = args.length > 0 ? args : Object.keys(powerCutSubjects);
  let survived = true;
  for (const name of names) {
    const subject = powerCutSubjects[name];
    if (subject === undefined)
      throw new Error(`There is no subject "${name}"; there are: ${Object.keys(powerCutSubjects).join(', ')}.`);
    const { tried, problems } = await cutPower(subject, { seeds });
    console.log([`${subject.name}: ${tried} power cuts, ${problems.length} problems`, ...problems].join('\n'));
    survived &&= problems.length === 0;
  }
  return survived;
}

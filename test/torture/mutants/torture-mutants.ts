import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import type { Mutant } from './mutant.ts';
import { type MutantRoom, mutantRooms } from './mutants.ts';
import { copyTree, type Tree } from './tree.ts';

type Chosen = { readonly room: MutantRoom; readonly mutant: Mutant };
type Tried = Chosen & { readonly noticed: boolean };

/**
 * `mutants [--list] [ROOM|NAME …]`: puts each fault into a copy of the tree and runs its tests there. True when every one was
 * noticed. Names are matched by what they contain.
 */
export async function tortureMutants(args: readonly string[]): Promise<boolean> {
  const words = args.filter((arg) => arg !== '--list');
  const all = Object.entries(mutantRooms).flatMap(([room, mutants]) =>
    mutants.map((mutant): Chosen => ({ room: room as MutantRoom, mutant })),
  );
  const means = (word: string, { room, mutant }: Chosen) =>
    word in mutantRooms ? room === word : mutant.name.includes(word);
  const wanted = all.filter((each) => words.length === 0 || words.some((word) => means(word, each)));
  if (wanted.length === 0) throw new Error(`No mutant is called so. Rooms: ${Object.keys(mutantRooms).join(', ')}.`);
  if (args.includes('--list')) {
    for (const { room, mutant } of wanted) console.log(`${room}: ${mutant.name}\n    ${mutant.file}`);
    return true;
  }
  for (const { room, mutant } of wanted.filter(isEquivalent))
    console.log(`equivalent ${room}: ${mutant.name} (${mutant.equivalent})`);
  return tryAll(wanted.filter((each) => !isEquivalent(each)));
}

const isEquivalent = ({ mutant }: Chosen) => mutant.equivalent !== undefined;

async function tryAll(wanted: readonly Chosen[]): Promise<boolean> {
  const trees = Array.from({ length: availableParallelism() }, copyTree);
  try {
    const tests = [...new Set(wanted.flatMap(({ mutant }) => mutant.tests))];
    const fail = await pMap(
      tests,
      (test) => within(trees, async (tree) => ((await tree.passes([test])) ? [] : [test])),
      {
        concurrency: trees.length,
      },
    );
    if (fail.flat().length > 0) {
      console.log(`These tests fail without any mutant; mend them first: ${fail.flat().join(' ')}`);
      return false;
    }
    const tried = await pMap(wanted, (each) => tryIn(trees, each), { concurrency: trees.length });
    console.log(summaryText(tried));
    return tried.every(({ noticed }) => noticed);
  } finally {
    for (const tree of trees) tree.remove();
  }
}

async function tryIn(free: Tree[], { room, mutant }: Chosen): Promise<Tried> {
  const noticed = !(await within(free, (tree) => tree.passesWith(mutant)));
  console.log(`${noticed ? 'noticed' : 'UNSEEN '} ${room}: ${mutant.name}`);
  return { room, mutant, noticed };
}

/** Does `work` in a tree that nobody else uses meanwhile. */
async function within<T>(free: Tree[], work: (tree: Tree) => Promise<T>): Promise<T> {
  const tree = free.pop();
  if (tree === undefined) throw new Error('more at once than there are trees');
  try {
    return await work(tree);
  } finally {
    free.push(tree);
  }
}

/** `archives   12 of 12 noticed`, a line for each room, and below it what was not. */
function summaryText(tried: readonly Tried[]): string {
  const lines = [...Map.groupBy(tried, ({ room }) => room)].flatMap(([room, ofRoom]) => {
    const unseen = ofRoom.filter(({ noticed }) => !noticed);
    const figures = `${room.padEnd(12)} ${ofRoom.length - unseen.length} of ${ofRoom.length} noticed`;
    return [figures, ...unseen.map(({ mutant }) => `  UNSEEN ${mutant.name} (${mutant.file})`)];
  });
  return ['', ...lines].join('\n');
}

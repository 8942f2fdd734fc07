import type { Checkpoint } from '../../jobs/restore/files/checkpoint.ts';

/** A checkpoint after which nothing happens any more, as if the process had died there, and a promise of that moment. */
export function deathAt(
  number: number,
  fails = (_: string) => false,
): { readonly checkpoint: Checkpoint; readonly died: Promise<'died'> } {
  const { promise: died, resolve } = Promise.withResolvers<'died'>();
  let count = 0;
  const checkpoint = async (name: string) => {
    if (fails(name)) throw new Error(`the disk refused (${name})`);
    count += 1;
    if (count !== number) return;
    resolve('died');
    await new Promise(() => {});
  };
  return { checkpoint, died };
}

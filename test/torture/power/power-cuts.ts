import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allCuts, cutText, evenly } from './power-cut.ts';
import { mountRecordedDisk, type RecordedDisk } from './recorded-disk.ts';
import { replayDisk } from './replayed-disk.ts';

/** Something that must survive a power cut. */
export type PowerCutSubject = {
  readonly name: string;
  /** What must be so after one, in words of a user. */
  readonly promise: string;
  /** Lays down in the folder, a disk of its own, what was there before. */
  prepare(folder: string): Promise<PreparedSubject>;
};

export type PreparedSubject = {
  /** What runs while the power may go. `mark` says what the outside has been told, or has got, at that moment. */
  run(mark: (what: string) => void): Promise<void>;
  /** After the cut, in the same folder: says what is wrong. `marks`: what was marked before the cut. */
  check(marks: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
};

export type PowerCutResult = { readonly tried: number; readonly problems: readonly string[] };

type PowerCutOptions = {
  /** How many random losses of unflushed writes are tried at each moment. */
  readonly seeds: number;
  /** Tries so many moments, and those at which something was marked, not all of them. */
  readonly sample?: number;
};

/** Runs the subject once, and checks it as if the power had gone at one moment after another. */
export async function cutPower(
  { name, prepare }: PowerCutSubject,
  { seeds, sample = Number.POSITIVE_INFINITY }: PowerCutOptions,
): Promise<PowerCutResult> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'nightshift-power-'));
  const folder = path.join(scratch, 'mounted');
  mkdirSync(folder);
  let disk: RecordedDisk | null = null;
  try {
    disk = await mountRecordedDisk(path.join(scratch, 'recorded'), folder);
    const prepared = await prepare(folder);
    execFileSync('sync', ['--file-system', folder]);
    const recorded = disk;
    const from = recorded.eventsSoFar();
    const marks: { readonly what: string; readonly after: number }[] = [];
    await prepared.run((what) => marks.push({ what, after: recorded.eventsSoFar() }));
    const events = await recorded.stop();
    disk = null;
    const replayed = replayDisk(events, path.join(scratch, 'image'), folder);
    const all = allCuts(events, from, seeds);
    const sampled = new Set(evenly(all, sample));
    const cuts = all.filter((cut) => sampled.has(cut) || marks.some(({ after }) => after === cut.after));
    const problems: string[] = [];
    for (const cut of cuts) {
      const before = marks.filter(({ after }) => after <= cut.after).map(({ what }) => what);
      const found = await replayed.afterCut(cut, () => prepared.check(before));
      problems.push(...found.map((problem) => `${name}, ${cutText(cut, events)}: ${problem}`));
    }
    await prepared.close();
    return { tried: cuts.length, problems };
  } finally {
    await disk?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

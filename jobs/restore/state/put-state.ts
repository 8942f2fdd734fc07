import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { markRestored } from '../../archives/state/restored-ledger.ts';
import type { StateFile } from '../../archives/state/state-archive.ts';
import { takeOverInstance } from '../../monitoring/history/instance-id.ts';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { parseJsonAs } from '../../runtime/json.ts';
import type { Checkpoint } from '../files/checkpoint.ts';
import { chownIfAllowed, diskFailure, syncFolderOf, writeDurably } from '../files/durable-writes.ts';

// All of a state or none of it: its files are written to a folder of their own, then a plan beside them. From then on it is only
// renamed, step by step, and each step may be done twice: what a kill interrupts, the next command finishes.

const folderName = '.state-restore';
const sqliteEndings = ['', '-journal', '-wal', '-shm'];

const planSchema = z.object({ key: z.string(), takenAt: z.string(), keptIn: z.string() });

/** What a state that is being put in place is, and the folder for what was there before. */
export type PutPlan = z.infer<typeof planSchema>;

/** The restore of a state that was interrupted after it was all there; null when there is none. */
export function unfinishedPut(stateDir: string): PutPlan | null {
  const file = planFile(stateDir);
  return existsSync(file) ? parseJsonAs(planSchema, readFileSync(file, 'utf8')) : null;
}

/** Writes a state beside the current one. Nothing of that is changed. Throws DISK_FULL, STATE_UNWRITABLE; then nothing of it stays. */
export async function stageState(
  stateDir: string,
  files: readonly StateFile[],
  plan: PutPlan,
  checkpoint: Checkpoint,
): Promise<void> {
  const staging = path.join(stateDir, folderName);
  try {
    await writeFiles(stateDir, staging, files, checkpoint);
    await writeDurably(planFile(stateDir), JSON.stringify(plan), checkpoint);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw writeFailure(stateDir, error);
  }
}

async function writeFiles(
  stateDir: string,
  staging: string,
  files: readonly StateFile[],
  checkpoint: Checkpoint,
): Promise<void> {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging);
  for (const { name, data } of files) {
    const file = path.join(staging, 'files', name);
    makeFolders(stateDir, path.dirname(file));
    await writeDurably(file, data, checkpoint);
    giveToOwnerOf(stateDir, file);
  }
  await checkpoint('state written');
}

function writeFailure(stateDir: string, error: unknown): unknown {
  const code = systemCodeOf(error);
  if (code === null) return error;
  return (
    diskFailure(path.join(stateDir, folderName), error) ??
    new Failure(
      'STATE_UNWRITABLE',
      `The state cannot be written to ${stateDir} (${code}).`,
      'Mount or make that folder, and run this as root or as the user of the services. Nothing was changed.',
      error,
    )
  );
}

/** Puts a staged state in place; what was there is kept in `keptIn`, if anything was. The ledger comes first. */
export async function putState(stateDir: string, now: Temporal.Instant, checkpoint: Checkpoint): Promise<PutPlan> {
  const plan = unfinishedPut(stateDir);
  if (plan === null) throw new Error(`${planFile(stateDir)} is not there`);
  const files = path.join(stateDir, folderName, 'files');
  const ledger = path.join(files, 'summaries.db');
  if (existsSync(ledger)) markRestored(ledger, Temporal.Instant.from(plan.takenAt), now);
  const history = path.join(files, 'history.db');
  if (existsSync(history)) giveToOwnerOf(stateDir, takeOverInstance(history, stateDir, now));
  for (const name of readdirSync(files).toSorted().toReversed()) {
    for (const ending of sqliteEndings) {
      const current = path.join(stateDir, name + ending);
      if (!existsSync(current)) continue;
      makeFolders(stateDir, plan.keptIn);
      renameSync(current, freePath(path.join(plan.keptIn, name + ending)));
      await checkpoint(`put aside: ${name}${ending}`);
    }
    renameSync(path.join(files, name), path.join(stateDir, name));
    syncFolderOf(path.join(stateDir, name));
    await checkpoint(`in place: ${name}`);
  }
  rmSync(path.join(stateDir, folderName), { recursive: true, force: true });
  syncFolderOf(path.join(stateDir, folderName));
  return plan;
}

/** Something may have made the file again since the first was put aside. */
function freePath(file: string): string {
  let free = file;
  for (let count = 2; existsSync(free); count += 1) free = `${file}-${count}`;
  return free;
}

function planFile(stateDir: string): string {
  return path.join(stateDir, folderName, 'plan.json');
}

/** Makes a folder below `top`, and those between, for the owner of `top`. */
function makeFolders(top: string, folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(top, path.dirname(folder));
  mkdirSync(folder);
  giveToOwnerOf(top, folder);
}

/** The services, which are not root, must be able to write what root makes. */
function giveToOwnerOf(folder: string, file: string): void {
  const { uid, gid } = statSync(folder);
  chownIfAllowed(file, { uid, gid });
}

import { chownSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { durationSince } from '../../runtime/format.ts';

const ownerSchema = z.object({ holder: z.string(), pid: z.number(), host: z.string(), since: z.iso.datetime() });

/** Who holds a lock, as its owner file says; only for people to read. `since` is an instant in ISO 8601. */
export type LockOwner = z.infer<typeof ownerSchema>;

export function ownerOfThisProcess(holder: string, since: Temporal.Instant): LockOwner {
  return { holder, pid: process.pid, host: hostname(), since: since.toString({ smallestUnit: 'second' }) };
}

/** Writes the owner file; given `ids`, for that user. Only the holder of the lock may call it. */
export function writeOwner(file: string, owner: LockOwner, ids: { uid: number; gid: number } | null): void {
  const fresh = `${file}.new`;
  try {
    writeFileSync(fresh, `${JSON.stringify(owner)}\n`);
    if (ids !== null) chownSync(fresh, ids.uid, ids.gid);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Null when there is no owner file, or none that can be read. */
export function readOwner(file: string): LockOwner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** `the restore that process 12 on host vps has been running for 3 min 05 s`. */
export function describeOwner(owner: LockOwner | null, now: Temporal.Instant): string {
  if (owner === null) return 'another nightshift process';
  const age = durationSince(Temporal.Instant.from(owner.since), now);
  return `the ${owner.holder} that process ${owner.pid} on host ${owner.host} has been running for ${age}`;
}

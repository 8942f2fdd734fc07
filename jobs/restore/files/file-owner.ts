import { chmodSync, statSync } from 'node:fs';
import type { FileOwner } from '../options/restore-options.ts';
import { chownIfAllowed } from './durable-writes.ts';

/** Owner and mode of a file, with its setuid, setgid and sticky bits. Null: there is none. */
export function fileOwner(file: string): FileOwner | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? null : { uid: found.uid, gid: found.gid, mode: found.mode & 0o7777 };
}

/** Gives a file its mode and owner. False when this user may not give it to that owner: then it has the mode only. */
export function setFileOwner(file: string, owner: FileOwner): boolean {
  chmodSync(file, owner.mode);
  const isGiven = chownIfAllowed(file, owner);
  // The kernel takes setuid and setgid from a file that changes hands.
  if (fileOwner(file)?.mode !== owner.mode) chmodSync(file, owner.mode);
  return isGiven;
}

/** `1000:1000, mode 644`. */
export function ownerText({ uid, gid, mode }: FileOwner): string {
  return `${uid}:${gid}, mode ${mode.toString(8).padStart(3, '0')}`;
}

export function isSameOwner(one: FileOwner, other: FileOwner): boolean {
  return one.uid === other.uid && one.gid === other.gid && one.mode === other.mode;
}

import { statSync } from 'node:fs';
import type { FileOwner } from '../options/restore-options.ts';

type FolderPermissions = { readonly uid: number; readonly gid: number; readonly mode: number };

/** Whether the owner of the restored file may make files in its folder, by owner, group and mode. */
export function mayWriteIn({ uid, gid, mode }: FolderPermissions, owner: Pick<FileOwner, 'uid' | 'gid'>): boolean {
  if (owner.uid === 0) return true;
  const rights = uid === owner.uid ? mode >> 6 : gid === owner.gid ? mode >> 3 : mode;
  return (rights & 0o3) === 0o3;
}

/** What a new disk brings: its folder belongs to root, and services cannot open the restored file for want of its -wal. */
export function folderOwnerRemarks(folder: string, owner: Pick<FileOwner, 'uid' | 'gid'>): string[] {
  if (mayWriteIn(statSync(folder), owner)) return [];
  return [
    `uid ${owner.uid} may not write in ${folder}, and SQLite must create its -wal there: \`chown ${owner.uid}:${owner.gid} ${folder}\``,
  ];
}

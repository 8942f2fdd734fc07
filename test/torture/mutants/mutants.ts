import type { Mutant } from './mutant.ts';
import { archives } from './rooms/archives.ts';
import { backup } from './rooms/backup.ts';
import { infra } from './rooms/infra.ts';
import { restore } from './rooms/restore.ts';
import { runtime } from './rooms/runtime.ts';
import { settings } from './rooms/settings.ts';
import { sqlite } from './rooms/sqlite.ts';
import { store } from './rooms/store.ts';
import { summary } from './rooms/summary.ts';

/** Every mutant, by the room it is in. */
export const mutantRooms = {
  runtime,
  settings,
  store,
  sqlite,
  archives,
  backup,
  restore,
  summary,
  infra,
} as const satisfies Readonly<Record<string, readonly Mutant[]>>;

export type MutantRoom = keyof typeof mutantRooms;

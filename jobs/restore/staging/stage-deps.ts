import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Progress } from '../../runtime/progress.ts';
import type { Checkpoint } from '../files/checkpoint.ts';

export type StageDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly checkpoint: Checkpoint;
  /** Bytes of the disk that a download must leave free for `--undo`; without it only what services need for a moment. */
  readonly undoBytes?: number;
};

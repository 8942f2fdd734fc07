import { existsSync } from 'node:fs';
import type { Clock } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import { fileState, pendingFiles } from '../files/file-state.ts';
import { journalModeOf } from '../files/journal-mode.ts';
import type { AllowedDangers, OwnerOptions } from '../options/restore-options.ts';
import { statCurrentDatabase } from '../staging/current-database.ts';
import { stageSafetyCopy } from '../staging/stage-safety-copy.ts';
import { isMovable, verifySafetyCopy } from '../staging/verify-safety-copy.ts';
import type { RestoreSource } from './restore-source.ts';
import type { SafetyCopy } from './safety-copies.ts';

type SafetyCopySourceOptions = {
  /** That of the local time in the copy's name. */
  readonly zone: string;
  readonly allow: Pick<AllowedDangers, 'damagedCopy'>;
  readonly owner: OwnerOptions;
};

/**
 * A safety copy, which takes the database's place itself, by a rename. One that is a link to elsewhere, has a -wal or -journal
 * that holds something, or is to get another owner or mode stays, and is copied.
 */
export function safetyCopySource(
  copy: SafetyCopy,
  { zone, allow, owner: asked }: SafetyCopySourceOptions,
  clock: Clock,
): RestoreSource {
  // What a -wal holds goes into the copy, so that a file by itself takes the place.
  const isWhole = pendingFiles(copy.path).length === 0;
  const isMoved = asked.ids === null && asked.mode === null && isWhole && isMovable(copy.path);
  return {
    label: copy.path,
    from: 'the same folder',
    takenAt: copy.at.toZonedDateTime(zone).toInstant(),
    changedAt: statCurrentDatabase(copy.path)?.changedAt ?? null,
    bytes: copy.bytes,
    leastBytes: copy.bytes,
    fingerprint: null,
    remarks: [
      ...(copy.kind === 'rejected' ? ['it was rolled back once, because services were unhealthy on it'] : []),
      ...changedRemarks(copy),
    ],
    safetyCopy: { path: copy.path, isMoved },
    now: () => clock.now(),
    stage: async (file, owner, deps) => {
      if (!existsSync(copy.path)) throw goneFailure(copy.path);
      const place = { file, owner, journalMode: journalModeOf(copy.path) };
      const stage = isMoved ? verifySafetyCopy : stageSafetyCopy;
      return stage(copy.path, place, allow.damagedCopy, deps);
    },
  };
}

/** Of a copy that another undo took while this one waited for its lock. */
function goneFailure(source: string): Failure {
  return new Failure(
    'SAFETY_COPY_MISSING',
    `${source} is not there any more.`,
    'See what there is with `nightshift restore --safety-copies`. Nothing was stopped or changed.',
  );
}

function changedRemarks({ path, record }: SafetyCopy): string[] {
  const was = record?.oldState ?? null;
  if (was === null || was === fileState(path)) return [];
  return ['it was written to after it was put aside'];
}

import type { Database } from '../../settings/databases.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import type { Survey } from '../plan/survey.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import type { RestoreJournal } from '../swap/journal.ts';
import { gapsText, isUnseen } from '../usage/visibility.ts';

type JournalFacts = {
  readonly stamp: Survey['stamp'];
  readonly services: Pick<Survey['services'], 'stop' | 'joined'>;
  readonly users: Pick<Survey['users'], 'visibility'>;
  readonly crashingBefore: RestoreJournal['crashingBefore'];
  readonly oldTables: RestoreJournal['oldTables'];
  readonly unhealthyBefore: RestoreJournal['unhealthyBefore'];
};

/** The journal of a restore that is about to stop services. */
export function newJournal(
  source: Pick<RestoreSource, 'label' | 'takenAt'>,
  database: Pick<Database, 'path'>,
  { healthRollback, healthTimeoutSeconds }: Pick<RestoreOptions, 'healthRollback' | 'healthTimeoutSeconds'>,
  { stamp, services, users, oldTables, crashingBefore, unhealthyBefore }: JournalFacts,
  { inode, bytes, fingerprint, state, moved }: Pick<StagedFile, 'inode' | 'bytes' | 'fingerprint' | 'state' | 'moved'>,
  startedAt: Temporal.Instant,
): RestoreJournal {
  return {
    version: 1,
    step: 'stopping',
    database: database.path,
    source: source.label,
    sourceTakenAt: source.takenAt?.toString() ?? null,
    startedAt: String(startedAt),
    staged: { inode, bytes },
    stagedState: state,
    moved,
    oldTables,
    oldState: null,
    tables: fingerprint?.tables ?? null,
    stamp,
    services: services.stop.map(({ service }) => service),
    joined: [...services.joined],
    healthRollback,
    healthTimeoutSeconds,
    downAt: null,
    upAt: null,
    servedRestored: false,
    problem: null,
    crashingBefore,
    unhealthyBefore,
    unhealthy: [],
    notStarted: [],
    cutOff: [],
    restarted: null,
    unseen: isUnseen(users.visibility) ? gapsText(users.visibility) : null,
  };
}

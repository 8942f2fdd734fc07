import { formatDuration } from '../../runtime/format.ts';
import type { Database } from '../../settings/settings.ts';
import type { Choices } from '../choice/request.ts';
import type { Source } from '../choice/source.ts';
import { lostFileHint, lostFileMessage, rescueCommands } from '../services/lost-file.ts';
import type { Selection } from '../services/services.ts';
import { isUnseen, type Sight } from '../services/sight.ts';
import { mayGoUnseen, unseenHint, unseenMessage } from '../services/unseen.ts';
import type { Staged } from '../staging/verified.ts';
import { safetyCopyPath } from '../switch/names.ts';
import { type Comparison, compare, type Side, uncountedIn } from './comparison.ts';
import { type Danger, dangersOf, warningsOf } from './dangers.ts';
import type { CurrentSide, Survey } from './survey.ts';

/** All that a restore is going to do, before anything stops. */
export type Plan = {
  readonly source: {
    readonly label: string;
    readonly from: string;
    readonly takenAt: Temporal.Instant | null;
    /** How it was verified; null when that is still to come. */
    readonly proof: string | null;
  };
  readonly database: string;
  /** Files that move with the old database, the file itself last; empty when there is none. */
  readonly oldFiles: readonly string[];
  readonly safetyCopy: string;
  readonly services: Selection;
  readonly sight: Sight;
  readonly healthRollback: boolean;
  readonly healthTimeoutSeconds: number | null;
  /** Null: there is no current file. */
  readonly now: Side | null;
  readonly backup: Side;
  readonly comparison: Comparison;
  /** What loses rows, or could: shown in bold. */
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  /** What is asked about, or refused with --yes. */
  readonly dangers: readonly Danger[];
};

/** Puts the plan together. `staged` is null for a dry run: then what metadata tells is all there is. */
export function planOf(
  source: Source,
  database: Database,
  { healthRollback, healthTimeoutSeconds, allow, words }: Choices,
  found: Survey,
  current: CurrentSide,
  staged: Staged | null,
): Plan {
  const { label, from, takenAt } = source;
  const character = staged === null ? source.character : staged.character;
  const comparison = compare(current.side?.character ?? null, character);
  const facts = { label, comparison, backup: character };
  const uncounted = uncountedIn(current.side?.character ?? null, character);
  const uncountedRemark =
    uncounted.length === 0 ? [] : [`not counted, for want of an extension or collation: ${uncounted.join(', ')}`];
  const unseen = isUnseen(found.users.sight) ? unseenDanger(database.path, found, words) : null;
  const lost = lostDanger(database.path, found);
  return {
    source: { label, from, takenAt, proof: staged?.proof ?? null },
    database: database.path,
    oldFiles: found.oldFiles,
    safetyCopy: safetyCopyPath(database.path, found.stamp),
    services: found.services,
    sight: found.users.sight,
    healthRollback,
    healthTimeoutSeconds,
    now: current.side,
    backup: { bytes: staged?.bytes ?? source.bytes, changedAt: source.changedAt, character },
    comparison,
    warnings: [
      ...(lost === null ? [] : [lost.question]),
      ...warningsOf(facts),
      ...(unseen === null ? [] : [unseen.question]),
    ],
    remarks: [...source.remarks, ...found.remarks, ...current.remarks, ...comparison.differences, ...uncountedRemark],
    dangers: [
      ...(lost === null || allow.lostFile ? [] : [lost]),
      ...(unseen === null || mayGoUnseen(allow, found.around) ? [] : [unseen]),
      ...dangersOf(facts, allow),
    ],
  };
}

/** What the services' own time adds to the swap, in words. */
export function downtimeMessage({ services, sight }: Pick<Plan, 'services' | 'sight'>): string {
  const stopped = services.stop.map(({ service }) => service);
  if (stopped.length === 0) {
    if (isUnseen(sight)) return 'not known: what uses the database cannot be seen from here, and is not stopped';
    if (!sight.processes) return 'none for containers: no running one can write to the database';
    return 'none: no service is stopped, the files move within a moment';
  }
  const most = stopped.reduce((sum, { stopTimeoutSeconds }) => sum + stopTimeoutSeconds, 0);
  return `under 1 s, and the time the services take to stop (${formatDuration(most)} at the most) and to start`;
}

/** What happens when a service is not well afterwards, in words. */
export function healthMessage({ services, healthRollback, healthTimeoutSeconds }: Plan): string | null {
  if (services.stop.length === 0) return null;
  const limit = healthTimeoutSeconds === null ? 'as long as each one needs' : formatDuration(healthTimeoutSeconds);
  const otherwise = healthRollback ? 'else everything goes back' : 'else that is reported (--no-health-rollback)';
  return `their health checks are awaited (${limit}), ${otherwise}`;
}

function unseenDanger(database: string, { users, around }: Survey, words: readonly string[]): Danger {
  const message = unseenMessage(database, users.sight, users.use);
  const hint = unseenHint(users, around, words);
  return { refusal: { code: 'DATABASE_USE_UNSEEN', message, hint }, question: message };
}

function lostDanger(database: string, { lostFile }: Survey): Danger | null {
  if (lostFile.length === 0) return null;
  const message = lostFileMessage(database, lostFile);
  const commands = rescueCommands(database, lostFile).join('\n  ');
  return {
    refusal: { code: 'DATABASE_LOST_OPEN', message, hint: lostFileHint(database, lostFile) },
    question: `${message} Copy it out first:\n  ${commands}`,
  };
}

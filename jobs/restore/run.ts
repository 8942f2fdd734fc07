import { existsSync } from 'node:fs';
import type { Database, Settings } from '../settings/settings.ts';
import { totalRows } from '../sqlite/contents.ts';
import { acquireLock } from '../sqlite/lock/lock.ts';
import { restoreJournalPath } from '../sqlite/lock/lock-state.ts';
import type { Choices } from './choice/request.ts';
import type { Source } from './choice/source.ts';
import { planOf } from './plan/plan.ts';
import { type Bold, planText } from './plan/plan-text.ts';
import { type Ask, confirm, requireAnswer } from './plan/questions.ts';
import { currentSide, type Survey, survey } from './plan/survey.ts';
import { type Record, recorded } from './record.ts';
import {
  endingFailure,
  isLeftOffAsAsked,
  notDone,
  notDoneText,
  reportText,
  takenBackText,
  wentBackText,
} from './report.ts';
import { type Affected, findAffected } from './services/affected.ts';
import type { Engine } from './services/engine.ts';
import { findUnwell } from './services/revive.ts';
import { findUsers, refuseUsers } from './services/users.ts';
import { clearLeftovers, clearOldProbes, requireMovable } from './staging/place.ts';
import { cleanedUp, type StageTools } from './staging/stage.ts';
import { requireUndoRoom, undoBytes } from './staging/undo-room.ts';
import type { Staged } from './staging/verified.ts';
import { type Journal, newJournal } from './switch/journal.ts';
import { stagedPath } from './switch/names.ts';
import { resumeUnfinished } from './switch/resume.ts';
import { removeParts } from './switch/swap.ts';
import { switchOver } from './switch/switch-over.ts';

export type RestoreTools = StageTools & {
  readonly settings: Pick<Settings, 'stateDir' | 'zone' | 'restoreServices'>;
  readonly engine: Engine;
  readonly ask: Ask;
  /** Takes the plan and the report. */
  readonly out: (text: string) => void;
  readonly bold: Bold;
};

/**
 * Puts `source` in the place of `database`: all checked and staged while services run, then the switch. Throws a Failure;
 * then the old database is in place, or RESTORE_UNFINISHED says what is not.
 */
export async function restore(
  source: Source,
  database: Database,
  choices: Choices,
  tools: RestoreTools,
): Promise<void> {
  const { settings, clock, log, signal } = tools;
  requireAnswer(choices.yes, tools.ask);
  await requireMovable(database.path);
  const lock = await acquireLock(database.path, settings.stateDir, {
    holder: 'restore',
    wait: true,
    log,
    signal,
    clock,
  });
  try {
    const place = { stateDir: settings.stateDir, database: database.name };
    const resumeParts = { ...tools, leaveOff: [] };
    const resumed = await recorded(place, tools, async (record) => {
      const ended = await uninterrupted(tools, () => resumeUnfinished(database.path, settings.zone, resumeParts));
      if (ended === null) await restoreAlone(source, database, choices, record, tools);
      else tellResumed(ended, choices.words, tools);
      return ended;
    });
    if (resumed !== null) throw notDone(resumed, choices.words);
  } finally {
    lock.release();
  }
}

async function restoreAlone(
  source: Source,
  database: Database,
  choices: Choices,
  record: Record,
  tools: RestoreTools,
): Promise<void> {
  const { clock, log, signal, out, ask, settings, engine, checkpoint } = tools;
  for (const name of clearLeftovers(database.path, clock.now()))
    log.line(`Removed ${name}, left by a restore that was cut short`);
  const startedAt = clock.now();

  record.step('survey');
  const found = await surveyed(source, database, choices, tools);
  record.step('stage and verify');
  await checkpoint('before staging');
  const { undoRoom } = choices;
  requireUndoRoom(database.path, source.leastBytes, undoRoom);
  const stageTools = undoRoom ? { ...tools, undoBytes: undoBytes(database.path) } : tools;
  const [staged, current] = await Promise.all([
    source.stage(stagedPath(database.path), choices.owner, stageTools),
    currentSide(database.path, signal),
  ]);
  const { journal, affected } = await cleanedUp(staged.file, async () => {
    record.step('ask');
    const remarks = [...found.remarks, ...requireUndoRoom(database.path, 0, undoRoom)];
    const plan = planOf(source, database, choices, { ...found, remarks }, current, staged);
    out(planText(plan, { now: source.now(), zone: settings.zone }, tools.bold));
    await confirm(plan.dangers, database.name, choices.yes, ask);
    signal.throwIfAborted();
    const affected = await stillAffected(found, database, tools);
    const { stamp, users } = found;
    const { services } = affected;
    const before = await findUnwell(
      services.stop.map(({ service }) => service),
      engine,
    );
    signal.throwIfAborted();
    const what = { stamp, services, users, ...before };
    return { journal: newJournal(source, database, choices, what, staged, startedAt), affected };
  });

  record.step('switch over');
  record.note({ key: source.label, rows: rowsIn(staged), snapshotBytes: staged.bytes });
  const refuseHolders = async () => {
    if (choices.allow.openFiles) return;
    const known = { containers: new Set(affected.services.staying), dockerBlind: affected.dockerBlind };
    const suspects = { stopping: [], staying: affected.suspects.staying };
    refuseUsers(database.path, await findUsers(database.path, known, affected.around), suspects);
  };
  const ended = await uninterrupted(tools, () =>
    switchOver(journal, false, { engine, clock, log, checkpoint, refuseHolders, leaveOff: [] }),
  ).catch((error) => {
    if (!existsSync(restoreJournalPath(database.path))) removeParts(staged.file);
    throw error;
  });
  tell(ended, source.now(), tools);
}

/**
 * Shows what a restore would do, as far as that is known without downloading anything. Changes nothing, but removes what a
 * killed one left of its looks for containers.
 */
export async function showPlan(
  source: Source,
  database: Database,
  choices: Choices,
  tools: RestoreTools,
): Promise<void> {
  await requireMovable(database.path);
  clearOldProbes(database.path, tools.clock.now());
  const found = await surveyed(source, database, choices, tools);
  const current = await currentSide(database.path, tools.signal);
  const remarks = [...found.remarks, ...requireUndoRoom(database.path, source.leastBytes, choices.undoRoom)];
  const plan = planOf(source, database, choices, { ...found, remarks }, current, null);
  tools.out(planText(plan, { now: source.now(), zone: tools.settings.zone }, tools.bold));
  tools.out('Nothing was done (--dry-run).\n');
}

function surveyed(source: Source, database: Database, choices: Choices, tools: RestoreTools): Promise<Survey> {
  const { engine, settings, clock } = tools;
  const at = clock.now().toZonedDateTimeISO(settings.zone).toPlainDateTime();
  return survey(database.path, source, { engine, wanted: settings.restoreServices, choices, at });
}

/** Services may have come and gone during the download and the question: what counts is who runs now. */
async function stillAffected(planned: Survey, database: Database, { engine, settings, log }: RestoreTools) {
  const affected = await findAffected(database.path, settings.restoreServices, engine);
  const names = ({ services }: Affected) => services.stop.map(({ service }) => service.name).join(', ') || 'none';
  if (names(affected) !== names(planned)) {
    log.warn(`Since the plan was made, the services to stop have changed: ${names(affected)}.`);
  }
  return affected;
}

function rowsIn({ character }: Staged): number | null {
  return character === null ? null : totalRows(character.tables);
}

/** Services may be down now: a request to stop is answered, and obeyed by finishing. */
export async function uninterrupted<T>({ signal, log }: RestoreTools, work: () => Promise<T>): Promise<T> {
  const answer = () => log.warn('Finishing first, so that nothing is left half way: it takes a moment.');
  signal.addEventListener('abort', answer, { once: true });
  return work().finally(() => signal.removeEventListener('abort', answer));
}

/** Prints the report. Throws how it ended when that is not as it was meant to. */
function tell(ended: Journal, now: Temporal.Instant, { settings, out }: RestoreTools): void {
  const failure = endingFailure(ended);
  if (failure?.code !== 'RESTORE_ROLLED_BACK') out(reportText(ended, { now, zone: settings.zone }));
  if (failure !== null) throw failure;
}

/** As `tell`, of a restore that another process began. `instead`: what was typed and is not done; null: this was asked for. */
export function tellResumed(ended: Journal, instead: readonly string[] | null, tools: RestoreTools): void {
  const wentBack = ended.step === 'clearing';
  if (wentBack && endingFailure(ended) === null) {
    tools.out(`\nAs before that restore: ${wentBackText(ended)}\n`);
    return;
  }
  if (isLeftOffAsAsked(ended)) {
    tools.out(`\n${takenBackText(ended)}\n`);
    return;
  }
  try {
    tell(ended, tools.clock.now(), tools);
  } catch (error) {
    if (instead !== null) tools.log.warn(notDoneText(instead));
    throw error;
  }
}

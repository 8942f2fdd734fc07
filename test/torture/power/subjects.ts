import type { PowerCutSubject } from './power-cuts.ts';
import { backupSubject } from './subjects/backup.ts';
import { historySubject } from './subjects/history.ts';
import { ledgerSubject } from './subjects/ledger.ts';
import { outboxSubject } from './subjects/outbox.ts';
import { restoreSubject, undoSubject } from './subjects/restore.ts';

export const powerCutSubjects: Readonly<Record<string, PowerCutSubject>> = {
  restore: restoreSubject,
  undo: undoSubject,
  backup: backupSubject,
  history: historySubject,
  ledger: ledgerSubject,
  outbox: outboxSubject,
};

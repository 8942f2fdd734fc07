import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type AlertBudget, alertBudgetSchema, emptyBudget } from '../../monitoring/alerts/alert-budget.ts';
import type { ResilientHistory } from '../../monitoring/history/resilient-history.ts';
import { parseJsonAs } from '../../runtime/json.ts';
import { type BackupProblem, problemSchema } from './backup-problem.ts';

/** What the alerts remember from run to run. */
export type AlertState = { readonly budget: AlertBudget; readonly problems: readonly BackupProblem[] };

const stateSchema = z.object({ savedAt: z.string(), budget: alertBudgetSchema, problems: z.array(problemSchema) });

const emptyState: AlertState = { budget: emptyBudget, problems: [] };

/** Used while STATE_DIR cannot be written. No database's work folder has such a name. */
const fallbackPath = (stagingDir: string) => path.join(stagingDir, 'alerts.nightshift.json');

/** The saved state: of the history and the file in the staging folder, the newer. */
export function readAlertState(history: { alertState(): string | null }, stagingDir: string): AlertState {
  const texts = [history.alertState(), readFallback(stagingDir)].filter((text) => text !== null);
  const kept = texts.map((text) => parseJsonAs(stateSchema, text)).filter((one) => one !== null);
  const [newest] = kept.toSorted((a, b) => b.savedAt.localeCompare(a.savedAt));
  return newest ?? emptyState;
}

/**
 * Saves it in the history; while STATE_DIR cannot be written, also in a file in the staging folder, so that one-shot runs
 * keep to the budget too. Where neither can be written, only this process remembers.
 */
export function saveAlertState(
  state: AlertState,
  { history, stagingDir, at }: { history: ResilientHistory; stagingDir: string; at: Temporal.Instant },
): void {
  const savedAt = at.toString({ fractionalSecondDigits: 9 });
  const text = JSON.stringify({ savedAt, ...state });
  history.saveAlertState(text);
  const file = fallbackPath(stagingDir);
  try {
    if (history.problem() === null) {
      rmSync(file, { force: true });
      return;
    }
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch {
    // The folder is no better than STATE_DIR; the run itself says so.
  }
}

function readFallback(stagingDir: string): string | null {
  try {
    return readFileSync(fallbackPath(stagingDir), 'utf8');
  } catch {
    return null;
  }
}

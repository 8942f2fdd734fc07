import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type AlertBudget, alertBudgetSchema, emptyBudget } from '../../monitoring/alerts/alert-budget.ts';
import type { LastingHistory } from '../../monitoring/history/resilient-history.ts';
import { jsonAs } from '../../runtime/json.ts';
import { type Problem, problemSchema } from './backup-problem.ts';

/** What the alerts remember from run to run. */
export type AlertMemory = { readonly budget: AlertBudget; readonly problems: readonly Problem[] };

const keptSchema = z.object({ savedAt: z.string(), budget: alertBudgetSchema, problems: z.array(problemSchema) });

const nothing: AlertMemory = { budget: emptyBudget, problems: [] };

/** In the staging folder, while STATE_DIR keeps nothing. No database's work folder has such a name. */
const markFile = (stagingDir: string) => path.join(stagingDir, 'alerts.nightshift.json');

/** What is remembered: of the history and the mark in the staging folder, the newer. */
export function readAlertMemory(history: { alertMemory(): string | null }, stagingDir: string): AlertMemory {
  const texts = [history.alertMemory(), markText(stagingDir)].filter((text) => text !== null);
  const kept = texts.map((text) => jsonAs(keptSchema, text)).filter((one) => one !== null);
  const [newest] = kept.toSorted((a, b) => b.savedAt.localeCompare(a.savedAt));
  return newest ?? nothing;
}

/**
 * Keeps it in the history; while STATE_DIR takes nothing, also in a mark in the staging folder, so that one-shot runs keep
 * to the budget too. Where neither takes it, only this process remembers.
 */
export function keepAlertMemory(
  memory: AlertMemory,
  { history, stagingDir, at }: { history: LastingHistory; stagingDir: string; at: Temporal.Instant },
): void {
  const savedAt = at.toString({ fractionalSecondDigits: 9 });
  const text = JSON.stringify({ savedAt, ...memory });
  history.keepAlertMemory(text);
  const mark = markFile(stagingDir);
  try {
    if (history.problem() === null) {
      rmSync(mark, { force: true });
      return;
    }
    writeFileSync(`${mark}.new`, text);
    renameSync(`${mark}.new`, mark);
  } catch {
    // The folder is no better than STATE_DIR; the run itself says so.
  }
}

function markText(stagingDir: string): string | null {
  try {
    return readFileSync(markFile(stagingDir), 'utf8');
  } catch {
    return null;
  }
}

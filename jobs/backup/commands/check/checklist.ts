import { asFailure, Failure } from '../../../runtime/errors.ts';

/** One part that was tried, or could not be. */
export type BackupCheckResult = { readonly part: string } & (
  | { readonly level: 'ok'; readonly found: string }
  /** Backups are made all the same; `found` says what it costs. */
  | { readonly level: 'warning'; readonly found: string }
  | { readonly level: 'failed'; readonly failure: Failure }
  /** Another part that it builds on failed. */
  | { readonly level: 'not tried'; readonly because: string }
);

/** How a check reports what it found; one warning or more make it a warning. */
export type CheckReport = { found(text: string): void; warn(text: string): void };

export type Checklist = {
  readonly results: readonly BackupCheckResult[];
  /** Tries one part. Gives what `work` returns, or null when it failed. Throws INTERRUPTED. */
  run<T>(name: string, work: (report: CheckReport) => Promise<T>): Promise<T | null>;
  /** Parts that cannot be tried, since the part `failed` did. */
  skip(names: readonly string[], failed: string): void;
};

export function createChecklist(): Checklist {
  const checked: BackupCheckResult[] = [];
  return {
    results: checked,
    async run(name, work) {
      let found = '';
      const warnings: string[] = [];
      try {
        const result = await work({ found: (text) => (found = text), warn: (text) => warnings.push(text) });
        if (warnings.length === 0) checked.push({ part: name, level: 'ok', found });
        else checked.push({ part: name, level: 'warning', found: warnings.join(' ') });
        return result;
      } catch (error) {
        const failure = asFailure(error);
        if (failure.code === 'INTERRUPTED') throw failure;
        checked.push({ part: name, level: 'failed', failure });
        return null;
      }
    },
    skip(names, failed) {
      for (const part of names) checked.push({ part, level: 'not tried', because: failed });
    },
  };
}

/** For a part that only costs speed: its failure as a warning that begins with `consequence`. */
export async function warnOnFailure(
  report: CheckReport,
  consequence: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'INTERRUPTED') throw error;
    report.warn(`${consequence} ${error.code}: ${error.message} ${error.hint}`);
  }
}

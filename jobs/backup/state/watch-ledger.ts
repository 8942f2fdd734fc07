import { statSync } from 'node:fs';
import path from 'node:path';
import { listReportFiles } from '../../archives/state/state-files.ts';
import { processEntry, runProcess } from '../../runtime/child-process.ts';
import type { Clock } from '../../runtime/clock.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

const stopGraceMs = 10_000;
const lookMinutes = 1;

export type LedgerWatch = {
  /** Forgets what changed so far: it is being stored. */
  stored(): void;
  /** Waits until `next`, and stores the state meanwhile when the ledger has changed and is quiet again. */
  until(next: Temporal.Instant): Promise<void>;
};

type LedgerWatchDeps = {
  /** What changes whenever the summary's ledger or report does. */
  readonly fingerprint: () => string;
  /** Never throws. */
  readonly store: () => Promise<void>;
  readonly sleepUntil: (instant: Temporal.Instant) => Promise<void>;
  readonly clock: Clock;
};

/**
 * Between two runs the summary's service sends, and has no keys of the bucket: what it recorded is stored from here, a minute or two
 * later, so that it is known on another host who got which day.
 */
export function watchLedger({ fingerprint, store, sleepUntil, clock }: LedgerWatchDeps): LedgerWatch {
  let stored = fingerprint();
  return {
    stored() {
      stored = fingerprint();
    },
    async until(next) {
      let seen = fingerprint();
      for (;;) {
        const look = clock.now().add({ minutes: lookMinutes });
        if (Temporal.Instant.compare(look, next) >= 0) return sleepUntil(next);
        await sleepUntil(look);
        const found = fingerprint();
        if (found !== stored && found === seen) {
          stored = found;
          await store();
        }
        seen = found;
      }
    },
  };
}

/** Times and sizes of what the summary writes to STATE_DIR. Never throws. */
export function ledgerFingerprint(stateDir: string): string {
  try {
    return ['summaries.db', ...listReportFiles(stateDir)]
      .map((name) => `${name} ${versionOf(stateDir, name)}`)
      .join('\n');
  } catch (error) {
    return messageOf(error);
  }
}

function versionOf(stateDir: string, name: string): string {
  const found = statSync(path.join(stateDir, name), { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.size} ${found.mtimeMs}`;
}

/** Stores the state in a process of its own, so that the store's client takes no memory between runs. Never throws. */
export async function storeStateInChildProcess({ log, stop }: { readonly log: Log; readonly stop: AbortSignal }) {
  try {
    const { exitCode, exitSignal } = await runProcess(processEntry('state-process', import.meta.url), [], {
      env: process.env,
      execArgv: ['--max-semi-space-size=1'],
      output: 'inherit',
      signal: stop,
      stopGraceMs,
    });
    if (exitCode === 0 || stop.aborted) return;
    log.warn(`the state of this host was not stored: its process ended with ${exitSignal ?? `exit code ${exitCode}`}`);
  } catch (error) {
    log.warn(`the state of this host was not stored: ${messageOf(error)}`);
  }
}

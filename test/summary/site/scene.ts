import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { History } from '../../../jobs/monitoring/history/history.ts';
import { openHistory } from '../../../jobs/monitoring/history/open-history.ts';
import type { Environment } from '../../../jobs/runtime/cli-context.ts';
import { createLog } from '../../../jobs/runtime/log.ts';
import { readSummarySettings } from '../../../jobs/settings/settings.ts';
import type { SummaryPage } from '../../../jobs/summary/page/page-model.ts';
import { serveSite } from '../../../jobs/summary/serve-site.ts';
import { openSummaryStore } from '../../../jobs/summary/storage/summary-store.ts';
import { instantOf } from '../scene.ts';
import { samplePage } from './sample.ts';

export const password = 'a long enough password';
export const signingKey = '0123456789abcdef0123456789abcdef';
/** The password's hash at the least cost that the site takes, since each sign-in here pays for it. */
const passwordHash = 'scrypt:14:8:1:XtZH5l9sQuFdX6Aps76gMQ:A5xFrimrnxodB2jw8a0GmUhR_Y6DetdhHz5WTK2NfcU';

/** A served site over the real files of a state folder, at a time that the test sets. */
export type SiteScene = {
  readonly origin: string;
  readonly stateDir: string;
  readonly history: History;
  readonly lines: string[];
  save(page: SummaryPage): void;
  /** Mails of a day to two people: accepted, and what the second one became. */
  sent(day: string, second: 'accepted' | 'rejected' | 'uncertain'): void;
  /** Mails of a day to two people, in the outbox. */
  written(day: string): void;
  setClock(local: string): void;
  close(): Promise<void>;
};

/** The archive has 27 to 30 November 2025, and 31 October; it is 08:30 on 1 December. */
export async function startSiteScene(environment: Environment = {}): Promise<SiteScene> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'nightshift-site-'));
  const settings = readSummarySettings({
    DATABASE_PATH: '/data/shop.db',
    STATE_DIR: stateDir,
    SUMMARY_PASSWORD_HASH: passwordHash,
    SUMMARY_SIGNING_KEY: signingKey,
    ...environment,
  });
  const store = openSummaryStore(stateDir);
  const { archive, ledger, runs } = store;
  const history = openHistory(stateDir);
  const lines: string[] = [];
  const stop = new AbortController();
  let now = Temporal.Instant.from('2025-12-01T08:30:00+08:00');
  const clock = { now: () => now };
  const write = (text: string) => void lines.push(text.trimEnd().replace(/^\[.*?\] /, ''));
  const log = createLog(clock, settings.zone, { out: write, err: write });
  type DeliveryResult = Parameters<typeof ledger.finish>[2];
  const delivered = (day: string, owner: DeliveryResult, partner: DeliveryResult) => {
    const at = Temporal.Instant.from(samplePage(day).madeAt);
    const id = runs.begin(day, at);
    for (const [recipient, result] of [
      ['owner@shop.test', owner],
      ['partner@shop.test', partner],
    ] as const) {
      ledger.addPending(day, [recipient], at);
      ledger.claim(day, recipient, ['pending', 'accepted', 'written'], at);
      ledger.finish(day, recipient, result, at.add({ seconds: 2 }));
    }
    const mailBytes = 41_000 + Number(day.slice(-2)) * 90;
    runs.finish(id, { outcome: 'succeeded', mailBytes, message: null }, at.add({ milliseconds: 3200 }));
  };
  const sent: SiteScene['sent'] = (day, second) => {
    const accepted = { state: 'accepted', reply: '250 OK', code: null } as const;
    delivered(day, accepted, { ...accepted, state: second });
  };
  const written: SiteScene['written'] = (day) => {
    const result = { state: 'written', reply: 'written to /state/outbox, not sent', code: null } as const;
    delivered(day, result, result);
  };
  for (const day of ['2025-10-31', '2025-11-27', '2025-11-28', '2025-11-29', '2025-11-30']) {
    archive.save(samplePage(day));
    sent(day, 'accepted');
  }
  const site = await serveSite(
    { ...settings, summary: { ...settings.summary, port: 0 } },
    { archive, ledger, runs, clock, log, signal: stop.signal },
  );
  return {
    origin: `http://127.0.0.1:${site.port}`,
    stateDir,
    history,
    lines,
    save: archive.save,
    sent,
    written,
    setClock(local) {
      now = instantOf(local);
    },
    async close() {
      stop.abort();
      await site.close();
      store.close();
      history.close();
      rmSync(stateDir, { recursive: true });
    },
  };
}

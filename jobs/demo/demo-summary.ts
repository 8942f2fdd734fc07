import { once } from 'node:events';
import path from 'node:path';
import type { CliContext } from '../runtime/cli-context.ts';
import type { Log } from '../runtime/log.ts';
import { readSummarySettings } from '../settings/settings.ts';
import { previewCommand } from '../summary/commands/preview-command.ts';
import { summaryStatusCommand } from '../summary/commands/status-command.ts';
import { dayBefore } from '../summary/due.ts';
import { sendDay } from '../summary/send-day.ts';
import { serveSite } from '../summary/serve-site.ts';
import { hashPassword } from '../summary/site/access/password.ts';
import { signedLink } from '../summary/site/signed-links.ts';
import { createSummaryDeps } from '../summary/summary-deps.ts';

const days = 7;
const owner = 'owner@example.com';
const password = 'demo';
const silent: Log = { line() {}, warn() {}, failure() {} };

/** Sends the summaries of the last week to an outbox folder, prints the status, and writes the last one as files. */
export async function sendSummaries(folder: string, given: CliContext): Promise<void> {
  const context = { ...given, environment: { ...given.environment, SUMMARY_RECIPIENTS: owner } };
  const settings = readSummarySettings(context.environment);
  const yesterday = Temporal.PlainDate.from(dayBefore(context.clock.now(), settings.zone));
  for (let ago = days - 1; ago >= 0; ago -= 1) {
    const at = context.clock.now().subtract({ hours: 24 * ago });
    const deps = createSummaryDeps(settings, { clock: { now: () => at }, log: silent, signal: context.signal });
    try {
      await sendDay(yesterday.subtract({ days: ago }).toString(), [owner], deps);
    } finally {
      deps.close();
    }
  }
  await summaryStatusCommand(context).parseAsync([], { from: 'user' });
  context.out('\nThe last one, as HTML, text and pictures:\n');
  await previewCommand(context).parseAsync(['--out', path.join(folder, 'summary')], { from: 'user' });
}

/** Serves the page of those summaries on a free port of this machine, until it is stopped. */
export async function serveSummaryPage(context: CliContext): Promise<void> {
  const read = readSummarySettings(context.environment);
  const signingKey = crypto.randomUUID();
  const summary = { ...read.summary, port: 0, passwordHash: await hashPassword(password), signingKey };
  const { clock, signal } = context;
  const served = { ...read, summary };
  const deps = createSummaryDeps(served, { clock, log: silent, signal });
  try {
    const { port } = await serveSite(served, deps);
    const day = dayBefore(clock.now(), read.zone);
    const link = signedLink(`http://localhost:${port}`, signingKey, day, clock.now().add({ hours: 24 }));
    context.out(`\nThe page: http://localhost:${port} (password: ${password})\nThe link in the mail: ${link}\n`);
    context.out('Ctrl-C ends it.\n');
    await once(signal, 'abort');
  } finally {
    deps.close();
  }
}

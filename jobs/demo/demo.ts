import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BackupResult } from '../backup/backup.ts';
import { listCommand } from '../backup/commands/list-command.ts';
import { statusCommand } from '../backup/commands/status-command.ts';
import { runBackup } from '../backup/run.ts';
import { openHistory } from '../monitoring/history/open-history.ts';
import { restoreCommand } from '../restore/restore-command.ts';
import type { CliContext, Environment } from '../runtime/cli-context.ts';
import { type Clock, localTimestamp } from '../runtime/clock.ts';
import { formatCount } from '../runtime/format.ts';
import { createLog, type Log } from '../runtime/log.ts';
import { terminalProgress } from '../runtime/progress.ts';
import { nextRun } from '../runtime/schedule.ts';
import { type BackupSettings, readBackupSettings } from '../settings/settings.ts';
import { openStore } from '../store/open.ts';
import { sendSummaries, serveSummaryPage } from './demo-summary.ts';
import { loseOrders, makeShop, sellForADay } from './shop.ts';
import { verifyByHand } from './verify-by-hand.ts';
import { whileSelling } from './writer.ts';

const orders = 60_000;
const nights = 21;
/** All of it is in the past: a backup dated after it was stored is ignored. */
const hoursBack = 24 * nights + 8;
/** The shop is the demo's own, and its seller has stopped: true also where that cannot be seen (macOS). */
const confirmed = ['--yes', '--no-docker', '--allow-unseen'];

/**
 * Backs up a made-up shop while it sells, runs three weeks of nightly backups, loses the shop, restores it and sends its summaries.
 * `serve`: then serves the page until it is stopped.
 */
export async function runDemo(folder: string, context: CliContext, serve: boolean): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const name of ['data', 'staging', 'state', 'store']) await mkdir(path.join(folder, name), { recursive: true });
  const database = path.join(folder, 'data', 'shop.db');
  const environment = {
    DATABASE_PATH: database,
    BACKUP_STORE: pathToFileURL(path.join(folder, 'store')).href,
    STATE_DIR: path.join(folder, 'state'),
    STAGING_DIR: path.join(folder, 'staging'),
  };
  const settings = readBackupSettings(environment);
  const demo = { ...context, environment };
  const { out } = context;
  const clock: Clock = { now: () => context.clock.now().subtract({ hours: hoursBack }) };
  const title = (text: string) => out(`\n== ${text}\n`);

  title(`A shop with ${formatCount(orders)} orders, in ${database}`);
  makeShop(database, orders, 365, clock.now().toZonedDateTimeISO(settings.zone).toPlainDate());

  title('First backup, while the shop keeps selling');
  const { value: backup, report } = await whileSelling(database, localTimestamp(clock.now(), settings.zone), () =>
    backUpAt(clock, settings, createLog(clock, settings.zone), context),
  );
  const { commits, longestMs } = report;
  out(`Meanwhile the shop committed ${commits} orders; the longest wait was ${longestMs.toFixed(1)} ms.\n`);

  title('Verified by hand: gunzip, then SQLite');
  out(`${await verifyByHand(path.join(folder, 'store', backup.key))}\n`);

  title(`Three weeks of nightly backups, in a moment (BACKUP_RETENTION_DAILY=${settings.retention.daily})`);
  const lastNight = await runNights(settings, database, { ...context, clock });
  const later = { ...demo, clock: { now: () => lastNight } };
  await listCommand(later).parseAsync([], { from: 'user' });
  title('nightshift status');
  await statusCommand(later).parseAsync([], { from: 'user' });

  title('The worst happens: every order is gone. nightshift restore latest');
  loseOrders(database);
  const began = clock.now();
  const nextMorning = { now: () => lastNight.add(clock.now().since(began)) };
  await restoreCommand({ ...later, clock: nextMorning }).parseAsync(['latest', ...confirmed], { from: 'user' });

  title('The next morning: the daily summary');
  await sendSummaries(folder, { ...later, clock: nextMorning });

  title('What to do next');
  out(nextSteps(environment));
  if (serve) await serveSummaryPage({ ...later, clock: nextMorning });
}

async function backUpAt(
  clock: Clock,
  settings: BackupSettings,
  log: Log,
  { signal }: CliContext,
): Promise<BackupResult> {
  const [database] = settings.databases;
  if (database === undefined) throw new Error('the demo has no database');
  const history = openHistory(settings.stateDir);
  const store = await openStore(settings.store);
  history.recordFirstStart(clock.now());
  try {
    const deps = { settings, history, store, clock, log, progress: terminalProgress(), waitForNewKey: false, signal };
    return await runBackup(database, deps);
  } finally {
    store.close();
    history.close();
  }
}

/** Sells every day and backs up every night, on a clock that only the nights move. Returns the time after the last one. */
async function runNights(settings: BackupSettings, database: string, context: CliContext): Promise<Temporal.Instant> {
  const schedule = { cron: settings.schedule, zone: settings.zone };
  let now = context.clock.now();
  for (let night = 1; night <= nights; night += 1) {
    now = nextRun(schedule, now);
    const day = now.toZonedDateTimeISO(settings.zone).toPlainDate();
    const isClosed = night % 7 === 3;
    if (!isClosed) sellForADay(database, orders / 365, day);
    const clock = { now: () => now };
    const lines: string[] = [];
    const log = createLog(clock, settings.zone, { out: (text) => lines.push(text), err: context.err });
    const { key, verification } = await backUpAt(clock, settings, log, context);
    const reused = lines.flatMap((line) => /(\d+ %) as in the last backup/.exec(line)?.[1] ?? []);
    const note = isClosed
      ? ['nothing sold: copied on the server, no upload']
      : reused.map((share) => `${share} as last night`);
    context.out(`${day} 02:00  ${verification}  ${key}${note.map((text) => `  (${text})`).join('')}\n`);
    const changes = lines
      .filter((line) => / (weekly copy|remove) /.test(line))
      .map((line) => line.replace(/^\[.*?\]/, '   '));
    context.out(changes.join(''));
  }
  return now.add({ hours: 7 });
}

function nextSteps(environment: Environment): string {
  const exports = Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`);
  return [
    'Look around in what the demo left:',
    ...exports,
    '  npx nightshift list            npx nightshift status',
    '  npx nightshift restore --help  npx nightshift prune --dry-run',
    '  npx nightshift summary status',
    'The page of the summaries, on localhost: npm run demo -- --serve',
    'Back up your own database to a folder: set DATABASE_PATH to it and run `npx nightshift backup`.',
    'To object storage: LINODE_ACCESS_KEY, LINODE_SECRET_KEY, LINODE_BUCKET and LINODE_REGION instead of BACKUP_STORE,',
    'then `npx nightshift check`. jobs/settings/README.md has every setting.',
    '',
  ].join('\n');
}

import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import { dayOption, dayToPreview } from './day-option.ts';

type PreviewOptions = { day?: string; out: string; open?: boolean };

export function previewCommand(context: CliContext): Command {
  return new Command('preview')
    .description('write a summary as .html, .txt and .png files; sends and stores nothing')
    .option(...dayOption)
    .option('--out <folder>', 'where to write it', 'summary-preview')
    .option('--open', 'open it in the browser')
    .action(async ({ day: given, out, open }: PreviewOptions) => {
      const settings = readSummarySettings(context.environment);
      const { makeDayPage } = await import('../page/make-day-page.ts');
      const { previewOf } = await import('../mail/message.ts');
      const { clock, signal } = context;
      const day = dayToPreview(given, clock, settings.zone);
      const page = await makeDayPage(day, settings, { clock, signal });
      const folder = path.resolve(out);
      await mkdir(folder, { recursive: true });
      for (const [name, content] of await previewOf(page)) await writeFile(path.join(folder, name), content);
      const file = path.join(folder, `${day}.html`);
      context.out(`${page.opening}\n${file}\n`);
      if (open === true) openInBrowser(file);
    });
}

/** A browser that does not start is no error: the path was printed. */
function openInBrowser(file: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(opener, [file], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

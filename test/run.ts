import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

// `npm test`: every test file, or those named as arguments; then, loudly, what was skipped and how to get it.
const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);
// Hundreds of processes load the same modules: compiled once, each of them starts in half the time.
const cache = path.join(root, 'node_modules', '.cache');
process.env['NODE_COMPILE_CACHE'] ??= path.join(cache, 'compiled');
// The command as the images have it: bundled, it starts in half the time. Test files that are run by themselves run the sources.
execFileSync(process.execPath, ['jobs/build.ts', path.join(cache, 'images')], { stdio: 'inherit' });
process.env['NIGHTSHIFT_PROGRAM'] ??= path.join(cache, 'images', 'sqlite-backup', 'nightshift.mjs');
const named = process.argv.slice(2);
// The longest first, so that no core waits for one at the end.
const longest = [
  'test/torture/power/power.test.ts',
  'test/restore/crash.test.ts',
  'test/summary/send.test.ts',
  'test/backup/service.test.ts',
];
const all = [...longest, ...globSync('test/**/*.test.ts').toSorted()];
const files = named.length > 0 ? named : [...new Set(all)];
const skipped = new Map<string, string[]>();
const counts = { passed: 0, failed: 0, skipped: 0 };

const events = run({
  files: files.map((file) => path.resolve(file)),
  // Some test always waits, for a timer or a process; the real parts of the lab need the cores themselves.
  concurrency: availableParallelism() + (process.env['LAB'] === 'required' ? 0 : 3),
  timeout: 600_000,
});
events.on('test:pass', ({ name, skip, details, file }) => {
  if (skip === undefined) {
    if (details.type !== 'suite' && name !== file) counts.passed += 1;
    return;
  }
  counts.skipped += 1;
  const reason = typeof skip === 'string' && skip !== '' ? skip : 'no reason given';
  skipped.set(reason, [...(skipped.get(reason) ?? []), name]);
});
events.on('test:fail', ({ details }) => {
  if (details.type !== 'suite') counts.failed += 1;
  process.exitCode = 1;
});
events.compose(spec).pipe(process.stdout);
await new Promise((resolve) => events.on('end', resolve));
process.on('exit', printSkipped);

function printSkipped(): void {
  for (const [reason, names] of skipped) console.log(`\nSKIPPED ${names.length}: ${reason}\n  ${names.join('\n  ')}`);
  if (skipped.size > 0 && process.env['LAB'] === 'required') {
    console.log('\nLAB=required: a skipped test is a failure.');
    process.exitCode = 1;
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

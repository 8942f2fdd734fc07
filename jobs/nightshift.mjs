#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file, to hand over to the Node 26 that npm installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const needed = 26;
const found = Number(process.versions.node.split('.')[0]);

if (found >= needed) {
  await import('./cli.ts');
} else {
  const carried = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (!existsSync(carried)) {
    console.error(`nightshift needs Node ${needed}; this is ${process.version}, and npm installed no other.`);
    console.error('Run `npm ci` in the checkout, with optional dependencies, then try again.');
    process.exit(2);
  }
  handOver(carried);
}

/** Runs this command with the Node at `carried`, and ends as that process ends, not before. */
function handOver(carried) {
  const child = spawn(carried, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal tells the child too; being told twice means no more to it than once.
  const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of passedOn) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`nightshift could not start ${carried}: ${error.message}`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of passedOn) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}

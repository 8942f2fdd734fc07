#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file, to hand over to the Node 26 that npm installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
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
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  const child = spawn(carried, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal signals the child too; twice is as good as once.
  const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of passedOn) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`nightshift could not start ${carried}: ${error.message}`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    // An older Node aborts, with a dump, when it exits after its terminal was closed (nodejs/node#51519).
    if (terminals.some((descriptor) => !isatty(descriptor))) endBy('SIGHUP', passedOn);
    else if (signal === null) process.exit(code);
    else endBy(signal, passedOn);
  });
}

function endBy(signal, handled) {
  for (const name of handled) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
}

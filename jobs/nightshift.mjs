#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file, to hand over to the Node 26 that npm installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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
  const { status, signal } = spawnSync(carried, process.argv.slice(1), { stdio: 'inherit' });
  process.exit(status ?? (signal === 'SIGINT' ? 130 : 143));
}

import type { Mutant } from '../mutant.ts';

const child = 'test/runtime/child-process.test.ts';

export const runtime: readonly Mutant[] = [
  {
    name: 'child processes inherit the secrets',
    file: 'jobs/runtime/child-process.ts',
    find: 'env: { NODE_COMPILE_CACHE, ...env },',
    replace: 'env: { ...process.env, ...env },',
    tests: ['test/runtime/compile-cache.test.ts'],
  },
  {
    name: 'the integrity check gets the secrets',
    file: 'jobs/sqlite/integrity/integrity.ts',
    find: 'env: {},',
    replace: 'env: process.env,',
    tests: [child],
  },
  {
    name: 'the reader of a database gets the secrets',
    file: 'jobs/restore/staging/read-fingerprint.ts',
    find: 'env: {},',
    replace: 'env: process.env,',
    tests: [child],
  },
  {
    name: 'a child process that does not stop is never killed',
    file: 'jobs/runtime/child-process.ts',
    find: 'setTimeout(kill, stopGraceMs).unref();',
    replace: '',
    tests: [child],
  },
  {
    name: 'a child process goes on when its parent is gone',
    file: 'jobs/runtime/child-process.ts',
    find: "process.on('disconnect', () => process.exit());",
    replace: '',
    tests: [child],
  },
  {
    name: 'the folder of a mount point that is not mounted is made, and what is written to it is lost',
    file: 'jobs/runtime/missing-folder.ts',
    find: 'if (existsSync(folder) || isImageMountPoint(folder)) return;',
    replace: 'if (existsSync(folder)) return;',
    tests: ['test/backup/missing-folders.test.ts'],
  },
  {
    name: 'a mistyped folder is made with all that is above it',
    file: 'jobs/runtime/missing-folder.ts',
    find: 'mkdirSync(folder);',
    replace: 'mkdirSync(folder, { recursive: true });',
    tests: ['test/backup/missing-folders.test.ts'],
  },
];

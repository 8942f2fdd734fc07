import { chmod, cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

// `npm run build [FOLDER]` makes FOLDER (dist)/sqlite-backup/, all that the image copies: the bundled program, SQLite's
// native part for 64-bit Linux, and the Dockerfile. Nothing is installed or compiled where the image is built.
const root = path.resolve(import.meta.dirname, '..');
const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'), 'sqlite-backup');

await rm(out, { recursive: true, force: true });
await bundle();
await copySqlite();
await cp(path.join(root, 'jobs', 'backup', 'Dockerfile'), path.join(out, 'Dockerfile'));

/** All files lie in one folder: the program starts its processes as files beside the one that asks. */
async function bundle(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: {
      nightshift: 'jobs/cli.ts',
      'run-process': 'jobs/backup/run-process.ts',
      'integrity-process': 'jobs/backup/snapshot/integrity-process.ts',
      'contents-process': 'jobs/restore/contents-process.ts',
      'writer-process': 'jobs/demo/writer-process.ts',
    },
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    external: ['better-sqlite3', 'cpu-features', '*.node'],
    // Bundled CommonJS packages ask for Node's modules with require.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await chmod(path.join(out, 'nightshift.mjs'), 0o755);
}

async function copySqlite(): Promise<void> {
  const from = path.join(root, 'node_modules', 'better-sqlite3');
  const to = path.join(out, 'node_modules', 'better-sqlite3');
  await mkdir(path.join(to, 'prebuilds'), { recursive: true });
  for (const part of ['package.json', 'LICENSE', 'lib']) {
    await cp(path.join(from, part), path.join(to, part), { recursive: true });
  }
  for (const platform of ['linux-x64', 'linux-arm64']) {
    const file = path.join('prebuilds', `${platform}.node`);
    await cp(path.join(from, file), path.join(to, file));
  }
}

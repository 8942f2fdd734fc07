import { chmod, cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

// `npm run build [FOLDER]` makes FOLDER (dist)/sqlite-backup/ and FOLDER/backend-dailysummary/, all that each image copies:
// the bundled program, SQLite's native part for 64-bit Linux, what draws charts, and the Dockerfile. The program is the same
// in both. Nothing is installed or compiled where an image is built.
const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
const out = path.join(folder, 'sqlite-backup');
const summary = path.join(folder, 'backend-dailysummary');

for (const image of [out, summary]) await rm(image, { recursive: true, force: true });
await bundle();
await copyPackage('better-sqlite3', [
  ...['package.json', 'LICENSE', 'lib'],
  ...['linux-x64', 'linux-arm64'].map((platform) => `prebuilds/${platform}.node`),
]);
await copyPackage('@resvg/resvg-wasm', ['package.json', 'index.mjs', 'index_bg.wasm']);
await copyPackage('dejavu-fonts-ttf', ['package.json', 'LICENSE', 'ttf/DejaVuSans.ttf']);
await cp(path.join(root, 'jobs', 'summary', 'site', 'assets'), path.join(out, 'assets'), { recursive: true });
await cp(out, summary, { recursive: true });
await cp(path.join(root, 'jobs', 'backup', 'Dockerfile'), path.join(out, 'Dockerfile'));
await cp(path.join(root, 'jobs', 'summary', 'Dockerfile'), path.join(summary, 'Dockerfile'));

/** All files are in one folder: the program starts its processes as files beside the one that runs. */
async function bundle(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: {
      nightshift: 'jobs/cli.ts',
      'run-process': 'jobs/backup/run-process.ts',
      'state-process': 'jobs/backup/state/state-process.ts',
      'verify-process': 'jobs/backup/verification/verify-process.ts',
      'integrity-process': 'jobs/sqlite/integrity/integrity-process.ts',
      'fingerprint-process': 'jobs/restore/staging/fingerprint-process.ts',
      'compare-process': 'jobs/restore/compare/compare-process.ts',
      'lease-process': 'jobs/restore/usage/lease-process.ts',
      'query-process': 'jobs/summary/queries/query-process.ts',
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
    external: ['better-sqlite3', '@resvg/resvg-wasm', 'cpu-features', '*.node', '../infra/*'],
    // Bundled CommonJS packages load Node's modules with require.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    plugins: [leaveOut('ssh2', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs')],
    logLevel: 'warning',
  });
  await chmod(path.join(out, 'nightshift.mjs'), 0o755);
}

/** Parts of the Docker client that restore never uses: Docker by ssh, building images. They cannot be bundled. */
function leaveOut(...packages: string[]): Plugin {
  return {
    name: 'leave out',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[@\w]/ }, ({ path: name }) =>
        packages.includes(name) ? { path: name, namespace: 'left-out' } : undefined,
      );
      onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }));
    },
  };
}

async function copyPackage(name: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    const inside = path.join('node_modules', name, part);
    await cp(path.join(root, inside), path.join(out, inside), { recursive: true });
  }
}

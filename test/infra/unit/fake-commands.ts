import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { readHostScript, scriptInput } from '../../../infra/host-script.ts';

/** Real commands that scripts may use: they change nothing outside of the test's folder. */
const harmless = [
  ...['awk', 'basename', 'cat', 'date', 'dirname', 'env', 'grep', 'head', 'id', 'ls', 'mkdir', 'mv', 'readlink', 'rm'],
  ...['sh', 'tail', 'tr', 'true'],
];

export type RanScript = {
  readonly status: number | null;
  readonly stderr: string;
  /** Each call of a fake command, `mkfs.ext4 -q /dev/x`, in their order. */
  readonly calls: readonly string[];
};

/**
 * Runs a host script where every command that could change the machine is a fake: it notes its call and does what `fakes`
 * says, in shell, with `$HERE` for the test's folder. Nothing else is in the PATH but what reads.
 */
export function fakeHost(t: TestContext, fakes: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-host-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const bin = path.join(folder, 'bin');
  const noted = path.join(folder, 'calls');
  mkdirSync(bin);
  for (const name of harmless) {
    if (name in fakes) continue;
    const real = ['/usr/bin', '/bin'].map((place) => path.join(place, name)).find((file) => existsSync(file));
    if (real !== undefined) symlinkSync(real, path.join(bin, name));
  }
  const sudo = 'while case "$1" in -*) true ;; *) false ;; esac; do shift; done; exec "$@"';
  for (const [name, body] of Object.entries({ sudo, ...fakes })) {
    const text = `#!/bin/sh\nHERE='${folder}'\necho "${name} $*" >>"$HERE/calls"\n${body}\n`;
    writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  }
  return {
    folder,
    run(file: string, variables: Readonly<Record<string, string>>): RanScript {
      rmSync(noted, { force: true });
      const input = scriptInput(readHostScript(file), variables);
      const { status, stderr } = spawnSync('/bin/sh', ['-s'], { input, encoding: 'utf8', env: { PATH: bin } });
      const calls = existsSync(noted) ? readFileSync(noted, 'utf8').trimEnd().split('\n') : [];
      return { status, stderr, calls };
    },
  };
}

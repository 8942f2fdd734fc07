import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from './deployment-fixture.ts';

export type ContainerState = { readonly id: string; readonly image: string; readonly status: string };

/** A container by its name, or null. */
export async function inspectContainer(name: string): Promise<ContainerState | null> {
  const format = '{{.Id}} {{.Image}} {{.State.Status}}';
  const text = await docker('inspect', '-f', format, name).catch(() => null);
  if (text === null) return null;
  const [id = '', image = '', status = ''] = text.split(' ');
  return { id, image, status };
}

/** Waits until what `look` returns satisfies; throws with the last of it after `seconds`. */
export async function waitUntil<T>(
  look: () => Promise<T> | T,
  isRight: (value: T) => boolean,
  seconds = 60,
): Promise<T> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const value = await look();
    if (isRight(value)) return value;
    if (performance.now() > until) throw new Error(`Still not so after ${seconds} s: ${JSON.stringify(value)}`);
    await sleep(250);
  }
}

/** Removes what a broken run may have left, by the fixed names of production. */
export async function removeProduction(): Promise<void> {
  const names = ['sqlite-backup', 'backend-dailysummary'];
  const left = ['', '-candidate', '-failed'].flatMap((end) => names.map((name) => name + end));
  await docker('rm', '-f', ...left).catch(() => {});
  await docker('service', 'rm', ...names).catch(() => {});
  for (const network of ['nightshift', 'nightshift-swarm']) await docker('network', 'rm', network).catch(() => {});
  const filters = names.flatMap((name) => ['--filter', `name=${name}-`]);
  const secrets = await docker('secret', 'ls', '-q', ...filters).catch(() => '');
  if (secrets !== '') await docker('secret', 'rm', ...secrets.split('\n'));
}

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { deploy } from '../../infra/program.ts';
import { removeProduction } from '../infra/engine/containers.ts';
import { createDeploymentFixture, docker } from '../infra/engine/deployment-fixture.ts';
import { lockProductionNames } from '../infra/engine/production-lock.ts';
import { removeBucket } from '../infra/engine/s3-client.ts';
import { shopConfig } from '../infra/engine/shop-stack.ts';

// `node test/bench/deploy.ts`, with the lab of test/infra/engine: what a deployment takes on this machine, with the real
// engine and stand-ins for the provider plugins.
const unlock = await lockProductionNames();
await removeProduction();
const fixture = await createDeploymentFixture();
try {
  const { stack } = await fixture.open(async () => deploy({ images: fixture.compiled() }), shopConfig(fixture));
  await timed('preview from nothing', () => stack.preview());
  const { summary } = await timed('up from nothing', () => stack.up());
  await timed('preview, nothing to do', () => stack.preview());
  await timed('up, nothing to do', () => stack.up());
  console.log(`resources                ${summary.resourceChanges?.create}`);
  await sleep(15_000);
  const base = Number(await docker('image', 'inspect', '-f', '{{.Size}}', 'node:26-bookworm-slim'));
  for (const name of ['sqlite-backup', 'backend-dailysummary']) {
    const image = await docker('inspect', '-f', '{{.Image}}', name);
    const size = Number(await docker('image', 'inspect', '-f', '{{.Size}}', image));
    const memory = await docker('stats', '--no-stream', '--format', '{{.MemUsage}}', name);
    console.log(`${name.padEnd(24)} ${mib(size - base)} over the base of ${mib(base)}; idle memory ${memory}`);
  }
  await stack.destroy({ excludeProtected: true });
} finally {
  await removeProduction();
  await fixture.close();
  await removeBucket(`shop-${fixture.suffix}`);
  await unlock();
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  console.log(`${what.padEnd(24)} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs } from '../lab.ts';
import { docker, inspect, makeDockerScene, stateOf } from './docker-scene.ts';

describe('restore with services on a real Docker engine', needs('docker', 'root'), () => {
  test('under load: stops the two that write, starts them again on the restored data, leaves the third alone', async (t) => {
    const scene = await makeDockerScene(t);
    const server = await scene.service('mcpserver', { with: ['--restart', 'unless-stopped'] });
    const index = await scene.service('vectorindexing', { with: ['--restart', 'on-failure:4'] });
    const bystander = `${scene.prefix}-bystander`;
    await docker('run', '-d', '--name', bystander, 'node:26-bookworm-slim', 'sleep', '600');
    const before = await stateOf(bystander);

    const { code, out, err } = await scene.restore(undefined, { RESTORE_SERVICES: server });
    console.log(out, err);
    assert.equal(code, 0, out + err);
    assert.equal(scene.era(), 'backup');
    assert.equal((await stateOf(server)).state, 'running healthy unless-stopped');
    assert.equal((await stateOf(index)).state, 'running healthy on-failure');
    assert.equal(await inspect(index, '{{.HostConfig.RestartPolicy.MaximumRetryCount}}'), '4');
    assert.deepEqual(await stateOf(bystander), before);
  });
});

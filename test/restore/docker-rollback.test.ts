import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../lab/parts.ts';
import { docker, makeDockerScene, stateOf, until } from './docker-scene.ts';

const image = 'node:26-bookworm-slim';

describe('the rollback on a real Docker engine, when a service cannot run on the old database either', {
  ...needs('docker', 'root'),
  concurrency: 2,
}, () => {
  test('its mount is gone: unfinished, the other runs with its own policy; repaired, the next restore finishes', async (t) => {
    const scene = await makeDockerScene(t);
    const config = path.join(scene.folder, 'config');
    mkdirSync(config);
    const easy = await scene.service('easy', { with: ['--restart', 'always'] });
    const stuck = await scene.service('stuck', {
      with: ['--restart', 'unless-stopped', '--mount', `type=bind,source=${config},target=/config`],
    });
    rmSync(config, { recursive: true });
    const journal = path.join(scene.folder, 'data', 'shop.db.restore-journal');

    const back = await scene.restore();
    assert.equal(back.code, 1, back.out + back.err);
    assert.match(back.err, /^RESTORE_UNFINISHED: The restore was rolled back, but not every service runs\. /m);
    assert.match(
      back.err,
      new RegExp(`running a moment later: ${easy} .* ${stuck} does not start: Docker at .* could not start`),
    );
    assert.doesNotMatch(back.err, /[0-9a-f]{64}/);
    assert.equal(scene.era(), 'current');
    assert.match((await stateOf(easy)).state, /^running \w+ always$/);
    assert.match((await stateOf(stuck)).state, /^exited \w+ unless-stopped$/);
    assert.ok(existsSync(journal));

    mkdirSync(config);
    const repaired = await scene.restore([]);
    assert.equal(repaired.code, 1, repaired.out + repaired.err);
    assert.match(
      repaired.err,
      new RegExp(`RESTORE_ROLLED_BACK: .* running a moment later: ${easy}, ${stuck} \\(health checks not awaited\\)`),
    );
    assert.match((await stateOf(stuck)).state, /^running \w+ unless-stopped$/);
    assert.ok(!existsSync(journal));
  });

  test('it starts and ends at once: unfinished; removed for good, it is dealt with and said', async (t) => {
    const scene = await makeDockerScene(t);
    const flag = path.join(scene.folder, 'state', 'may-run');
    mkdirSync(flag);
    const name = `${scene.prefix}-ends`;
    await docker(
      ...['run', '-d', '--name', name, '--stop-timeout', '0', '-v', `${scene.folder}/data:/data`],
      ...['-v', `${scene.folder}/state:/flags`, image, 'sh', '-c', 'test -e /flags/may-run || exit 3; exec sleep 600'],
    );
    await until(async () => (await stateOf(name)).state.startsWith('running'), `${name} up`);
    rmSync(flag, { recursive: true });
    const back = await scene.restore();
    assert.match(back.err, new RegExp(`RESTORE_UNFINISHED: .* ${name} does not stay up: exited with code 3\\.`));
    assert.equal(back.code, 1);
    await docker('rm', '-f', name);
    const ended = await scene.restore([]);
    assert.match(
      ended.err,
      new RegExp(`RESTORE_ROLLED_BACK: .* Removed meanwhile, so nothing was started: ${name}\\.`),
    );
    assert.deepEqual({ era: scene.era(), code: ended.code }, { era: 'current', code: 1 });
  });

  test('one that was in a crash loop before is in it again, and is no reason to stay unfinished', async (t) => {
    const scene = await makeDockerScene(t);
    const picky = await scene.service('picky', { accepts: 'current', with: ['--restart', 'always'] });
    const looping = `${scene.prefix}-looping`;
    await docker(
      ...[
        'run',
        '-d',
        '--name',
        looping,
        '--restart',
        'always',
        '--stop-timeout',
        '0',
        '-v',
        `${scene.folder}/data:/data`,
      ],
      ...[image, 'sh', '-c', 'exit 3'],
    );
    // Later and later: Docker doubles the pause between two starts.
    await until(
      async () => Number(await docker('inspect', '-f', '{{.RestartCount}}', looping)) > 6,
      `${looping} loops`,
    );
    const back = await scene.restore();
    assert.match(
      back.err,
      new RegExp(
        `RESTORE_ROLLED_BACK: .* running a moment later: ${picky} .* ended again, as before the restore: ${looping}\\.`,
      ),
    );
    assert.match((await stateOf(looping)).state, /^(restarting|running) +always$/);
    assert.equal(scene.era(), 'current');
  });
});

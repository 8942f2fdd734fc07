import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fakeHost } from './fake-commands.ts';

const names = { NAME: 'sqlite-backup', STOP_SECONDS: '900', OPTIONS: '--read-only' };

/** What the script did to containers, with `docker` doing what `docker` says in shell. */
function checkCandidate(t: TestContext, docker: string, replace = 'false') {
  const host = fakeHost(t, { docker, sleep: '' });
  const variables = { ...names, IMAGE: 'sha256:new', CHECK: 'nightshift check', REPLACE: replace };
  const { status, stderr, calls } = host.run('check-candidate.sh', variables);
  const changes = calls.filter((call) => /^docker (stop|rm) /.test(call) && !call.includes('-candidate'));
  return { status, stderr, changes };
}

test('a user whose sudo asks for a password is told so in one sentence, and nothing runs', (t) => {
  const sudo = 'echo "sudo: a password is required" >&2; exit 1';
  const host = fakeHost(t, { id: 'case "$1" in -un) echo shop ;; *) echo 1000 ;; esac', sudo, docker: '' });
  const { status, stderr, calls } = host.run('prune-images.sh', { NAME: 'sqlite-backup', LATEST: '' });
  assert.deepEqual(
    { status, stderr, calls: calls.filter((call) => !call.startsWith('id ')) },
    {
      status: 1,
      stderr:
        "The user shop has no sudo without a password on this host (sudo: a password is required). On the host, as root: echo 'shop ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/nightshift. Or set nightshift:sshUser to root.\n",
      calls: ['sudo -n env true'],
    },
  );
});

const prepared = {
  ...{ ENGINE: 'container', SWARM_NODE: '', DOCKER_AS_USER: 'no', DISK: 'none', MOUNT_POINT: '' },
  ...{ DATA_FOLDER: '/', FOLDERS: '/nowhere' },
};

for (const [what, managers, node, said] of [
  [
    'outside of any Swarm',
    0,
    '',
    'This host is no manager of a Docker Swarm: docker swarm init, or set nightshift:engine to container.',
  ],
  [
    'of several managers',
    3,
    '',
    'This Swarm has 3 managers, and images and folders are made on this host alone: pulumi config set nightshift:swarmNode east',
  ],
  [
    'that is not the node of the services',
    2,
    'west',
    'nightshift:swarmNode is west, but images and folders are made on this host, which is east: set it to east, or deploy to west.',
  ],
  ['that is the only manager', 1, '', null],
  ['that is the node of the services', 3, 'east', null],
] as const) {
  test(`Swarm on a host ${what}: ${said === null ? 'deployed' : 'refused, because the image would be elsewhere'}`, (t) => {
    const docker = `case "$1" in info) echo east ;; node) [ ${managers} = 0 ] && exit 1; for each in 1 2 3; do [ $each -gt ${managers} ] || echo $each; done ;; *) echo 24.0.7 ;; esac`;
    const host = fakeHost(t, { docker, install: '' });
    const { status, stderr, calls } = host.run('prepare-host.sh', { ...prepared, ENGINE: 'swarm', SWARM_NODE: node });
    assert.deepEqual([status, stderr], said === null ? [0, ''] : [1, `${said}\n`]);
    assert.equal(
      calls.some((call) => call.startsWith('install')),
      said === null,
    );
  });
}

test('a user who may not use Docker is told so before anything is made on the host', (t) => {
  const refused =
    'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock';
  const host = fakeHost(t, {
    id: 'case "$1" in -un) echo shop ;; *) echo 1000 ;; esac',
    sudo: 'while case "$1" in -*) true ;; *) false ;; esac; do shift; done; SUDO_USER=shop exec "$@"',
    docker: 'echo 24.0.7',
    runuser: `echo 'Client: 24.0.7'; echo '${refused}' >&2; exit 1`,
    install: '',
  });
  const variables = { ...prepared, DOCKER_AS_USER: 'yes' };
  const { status, stderr, calls } = host.run('prepare-host.sh', variables);
  assert.deepEqual(
    [status, stderr, calls.filter((call) => call.startsWith('install'))],
    [
      1,
      `The user shop may not use Docker on this host (${refused}). On the host: sudo usermod -aG docker shop, then try again.\n`,
      [],
    ],
  );
  assert.equal(host.run('prepare-host.sh', { ...variables, DOCKER_AS_USER: 'no' }).status, 0);
});

test('a new host is used only once cloud-init has installed Docker, and not waited for without end', (t) => {
  const looks =
    'printf x >>"$HERE/looks"; [ "$(cat "$HERE/looks")" = xxx ] && echo "status: done" || echo "status: running"; exit 0';
  const docker = '[ "$(cat "$HERE/looks")" = xxx ]';
  const soon = fakeHost(t, { 'cloud-init': looks, docker, sleep: '' }).run('wait-cloud-init.sh', { TIMEOUT: '900' });
  const waiting = 'Waiting until cloud-init has installed Docker on the new host, at most 15 minutes.\n';
  assert.deepEqual([soon.status, soon.stderr, soon.calls.at(-1)], [0, waiting, 'docker version']);

  const never = fakeHost(t, { 'cloud-init': 'echo "status: running"', sleep: '' }).run('wait-cloud-init.sh', {
    TIMEOUT: '0',
  });
  assert.equal(never.status, 1);
  assert.match(
    never.stderr,
    /cloud-init has not ended after 0 minutes\. See \/var\/log\/cloud-init-output\.log on the host/,
  );

  const failed = fakeHost(t, {
    'cloud-init': 'echo "status: error"; exit 1',
    docker: 'exit 1',
    tail: 'echo "E: no such package"',
  });
  const { status, stderr } = failed.run('wait-cloud-init.sh', { TIMEOUT: '900' });
  assert.deepEqual(
    [status, stderr],
    [
      1,
      `${waiting}cloud-init has ended on the new host (error), but Docker does not respond. The end of /var/log/cloud-init-output.log:\nE: no such package\n`,
    ],
  );
});

const candidateFails = 'case "$1" in run) echo "SETTINGS_INVALID: no key"; exit 1 ;; esac';
const ownedBy = (owner: string) => `case "$1" in inspect) ${owner} ;; esac`;

test('an image that fails its check stops nothing, and says why', (t) => {
  const { status, stderr, changes } = checkCandidate(t, candidateFails, 'true');
  assert.deepEqual([status, changes], [1, []]);
  assert.match(
    stderr,
    /^The new sqlite-backup image failed its check; nothing was stopped\..*\nSETTINGS_INVALID: no key$/m,
  );
});

test('an old container goes only when it is of a rollback, or nightshift may replace what others made', (t) => {
  const others = ownedBy('echo /');
  const refused = checkCandidate(t, others);
  assert.deepEqual([refused.status, refused.changes], [1, []]);
  assert.match(refused.stderr, /exists that nightshift did not create/);
  assert.deepEqual(checkCandidate(t, others, 'true').changes, ['docker stop sqlite-backup', 'docker rm sqlite-backup']);
  assert.deepEqual(checkCandidate(t, ownedBy('echo sqlite-backup/')).changes, []);
  assert.deepEqual(checkCandidate(t, ownedBy('exit 1')).changes, [], 'there is none');
  assert.deepEqual(checkCandidate(t, ownedBy('echo sqlite-backup/sha256:old')).changes, [
    'docker stop -t 900 sqlite-backup',
    'docker rm sqlite-backup',
  ]);
});

/** `state` prints what docker inspect says of the new container; `previous` was healthy before. */
function waitHealthy(t: TestContext, state: string, previous: string | null) {
  const docker = `count() { printf x >>"$HERE/$1"; wc -c <"$HERE/$1" | tr -d ' '; }
    case "$*" in
      *'{{.State.Status}} {{.State.ExitCode}}'*) ${state} ;;
      *'{{.State.StartedAt}}'*) echo "start $(count starts)" ;;
      *'{{.Image}}'*) echo sha256:new ;;
    esac`;
  const host = fakeHost(t, { docker, sleep: '', wc: '/usr/bin/env -i /usr/bin/wc "$@"' });
  const record = path.join(host.folder, 'previous-sqlite-backup');
  if (previous !== null) writeFileSync(record, `${previous}\n`);
  const variables = { ...names, STATE: host.folder, TIMEOUT: '600', HEALTH: 'nightshift health', COMMAND: 'backup' };
  const { status, stderr, calls } = host.run('wait-healthy.sh', variables);
  const changes = calls.filter((call) => /^docker (stop|rename|run) /.test(call));
  return { status, stderr, changes, record: () => readFileSync(record, 'utf8').trim() };
}

const rollback = [
  'docker stop -t 900 sqlite-backup',
  'docker rename sqlite-backup sqlite-backup-failed',
  'docker run --name sqlite-backup --label nightshift.service=sqlite-backup --label nightshift.rollback=sha256:old --read-only sha256:old backup',
];

test('a healthy image is the one to go back to from now on', (t) => {
  const { status, changes, record } = waitHealthy(t, 'echo running 0 0 healthy', 'sha256:old');
  assert.deepEqual([status, changes, record()], [0, [], 'sha256:new']);
});

for (const [what, state, said] of [
  ['is unhealthy', 'echo running 0 0 unhealthy', 'its health check fails'],
  ['ends', 'echo exited 3 0', 'it exited with code 3'],
  // Each look finds it running and healthy, started anew; the third restart is one too many.
  ['is healthy between two crashes only', 'echo running 1 "$(count looks)"', 'it exited with code 1'],
] as const) {
  test(`a new container that ${what} is rolled back to the image before, and stays to be looked at`, (t) => {
    const { status, stderr, changes, record } = waitHealthy(t, state, 'sha256:old');
    assert.deepEqual([status, changes, record()], [1, rollback, 'sha256:old']);
    assert.match(stderr, new RegExp(`^The new sqlite-backup is not healthy: ${said}\\.`));
    assert.match(stderr, /Rolled back to the previous image \(sha256:old\)/);
  });
}

test('without an image that was healthy before there is no rollback', (t) => {
  const { status, stderr, changes } = waitHealthy(t, 'echo exited 3 0', null);
  assert.deepEqual([status, changes], [1, []]);
  assert.match(stderr, /No other image was healthy before/);
});

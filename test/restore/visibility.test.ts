import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostEnvironment } from '../../jobs/restore/usage/host-environment.ts';
import { unseenFailure } from '../../jobs/restore/usage/unseen-use.ts';
import { isUnseen, visibilityOf } from '../../jobs/restore/usage/visibility.ts';

const id = 'a1'.repeat(32);
const host: HostEnvironment = {
  hasProc: true,
  seesHostProcesses: true,
  mayTrace: false,
  inContainer: false,
  containerId: null,
  networkContainerId: null,
  hostname: 'vps',
  mount: { root: '/', mountPoint: '/' },
  folder: '/mnt/data',
};
const container: HostEnvironment = {
  ...host,
  seesHostProcesses: false,
  inContainer: true,
  containerId: id,
  mount: { root: '/zygy-data', mountPoint: '/data' },
  folder: '/data',
};
const privateFile: HostEnvironment = { ...container, mount: { root: '/', mountPoint: '/' } };
const all = { unreadable: [], hidden: false };
const some = { unreadable: [7, 8, 9], hidden: false };
const noDocker = 'Docker was not queried';

const unreadable = 'processes 7, 8, 9 could not be inspected';
const outside = 'processes outside of this container cannot be seen (`docker run --pid=host` shows them)';

const cases: readonly [string, Parameters<typeof visibilityOf>[0], ReturnType<typeof visibilityOf>][] = [
  [
    'root on the host without Docker sees all processes',
    { host, scan: all, use: 'unknown', dockerGap: noDocker },
    { processes: true, containers: false, gaps: [noDocker] },
  ],
  [
    'another user on the host, and the kernel does not say who has it open: unseen',
    { host, scan: some, use: 'unknown', dockerGap: noDocker },
    { processes: false, containers: false, gaps: [`${unreadable} (root can)`, noDocker] },
  ],
  [
    'another user on the host, and the kernel says that nobody has it open: seen',
    { host, scan: some, use: 'free', dockerGap: noDocker },
    { processes: true, containers: false, gaps: [noDocker] },
  ],
  [
    'another user on the host, and the kernel says that somebody has it open: unseen',
    { host, scan: some, use: 'open', dockerGap: noDocker },
    { processes: false, containers: false, gaps: [`${unreadable} (root can)`, noDocker] },
  ],
  [
    'processes hidden by the mount of /proc: unseen',
    { host, scan: { unreadable: [], hidden: true }, use: 'unknown', dockerGap: noDocker },
    {
      processes: false,
      containers: false,
      gaps: ['processes of other users are hidden (/proc is mounted with hidepid; root sees them)', noDocker],
    },
  ],
  [
    'no /proc (macOS), Docker there: containers alone',
    { host: { ...host, hasProc: false }, scan: all, use: 'unknown', dockerGap: null },
    {
      processes: false,
      containers: true,
      gaps: ['processes cannot be inspected, because there is no /proc here'],
    },
  ],
  [
    'a container alone: unseen, even when nobody has it open now',
    { host: container, scan: all, use: 'free', dockerGap: noDocker },
    { processes: false, containers: false, gaps: [outside, noDocker] },
  ],
  [
    'a container with the socket: containers alone',
    { host: container, scan: all, use: 'unknown', dockerGap: null },
    { processes: false, containers: true, gaps: [outside] },
  ],
  [
    'a container with --pid=host: processes',
    { host: { ...container, seesHostProcesses: true }, scan: all, use: 'unknown', dockerGap: noDocker },
    { processes: true, containers: false, gaps: [noDocker] },
  ],
  [
    'a container with --pid=host that may not look into processes: unseen',
    { host: { ...container, seesHostProcesses: true }, scan: some, use: 'unknown', dockerGap: noDocker },
    { processes: false, containers: false, gaps: [`${unreadable} (root with --cap-add SYS_PTRACE can)`, noDocker] },
  ],
  [
    'who has the right already is not advised to get it',
    {
      host: { ...container, seesHostProcesses: true, mayTrace: true },
      scan: some,
      use: 'unknown',
      dockerGap: noDocker,
    },
    { processes: false, containers: false, gaps: [unreadable, noDocker] },
  ],
  [
    'root on the host, and many that even root may not look into',
    {
      host: { ...host, mayTrace: true },
      scan: { unreadable: [4, 5, 6, 7, 8, 9], hidden: false },
      use: 'unknown',
      dockerGap: noDocker,
    },
    {
      processes: false,
      containers: false,
      gaps: ['6 processes, such as 4, 5, 6, could not be inspected', noDocker],
    },
  ],
  [
    'a file in the container’s own file system: its own processes are all that can use it',
    { host: privateFile, scan: all, use: 'unknown', dockerGap: noDocker },
    { processes: true, containers: false, gaps: [noDocker] },
  ],
  [
    'a pid namespace that is no container (WSL), and nobody has it open: seen',
    { host: { ...host, seesHostProcesses: false }, scan: all, use: 'free', dockerGap: noDocker },
    { processes: true, containers: false, gaps: [noDocker] },
  ],
];
for (const [what, facts, expected] of cases) {
  test(`what is seen: ${what}`, () => {
    assert.deepEqual(visibilityOf(facts), expected);
    assert.equal(isUnseen(visibilityOf(facts)), !expected.processes && !expected.containers);
  });
}

test('the refusal tells where the same command sees enough', () => {
  const users = {
    visibility: { processes: false, containers: false, gaps: ['A', 'B'] },
    use: 'unknown',
    holders: [],
  } as const;
  const commandLine = ['restore', '--at', '2025-11-30 14:00', '--yes'];
  const hintFor = (host: HostEnvironment) => {
    const { code, message, hint } = unseenFailure('/data/shop.db', users, host, commandLine);
    assert.equal(code, 'DATABASE_USE_UNSEEN');
    assert.equal(message, 'It cannot be determined from here whether anything uses /data/shop.db: A, and B.');
    return hint.split('\n');
  };
  const otherwise = 'If you know that nothing uses it, add --allow-unseen. Nothing was stopped or changed.';
  assert.deepEqual(hintFor(host), [
    `Run it as root: sudo -E env "PATH=$PATH" npx nightshift restore --at '2025-11-30 14:00' --yes`,
    otherwise,
  ]);
  assert.deepEqual(hintFor({ ...host, hasProc: false }), [`Stop what uses it (\`lsof\` lists that). ${otherwise}`]);
  assert.equal(
    unseenFailure('/data/shop.db', { ...users, use: 'open' }, host, commandLine).hint.split('\n')[1],
    'To continue anyway, add --allow-unseen --ignore-open-files. Nothing was stopped or changed.',
  );
  const self = id.slice(0, 12);
  assert.deepEqual(hintFor(container), [
    'Run it on the host, as root. Where the deployment installed the command:',
    `  nightshift restore --at '2025-11-30 14:00' --yes`,
    'Else, in bash:',
    '  docker run --rm --pid=host --user 0:0 --read-only --security-opt no-new-privileges --security-opt apparmor=unconfined' +
      ' --cap-drop ALL --cap-add SYS_PTRACE --cap-add CHOWN --cap-add FOWNER --cap-add DAC_OVERRIDE' +
      ` -v /var/run/docker.sock:/var/run/docker.sock --volumes-from ${self}` +
      ` --env-file <(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' ${self})` +
      ` --network "$(docker inspect -f '{{.HostConfig.NetworkMode}}' ${self})" "$(docker inspect -f '{{.Image}}' ${self})"` +
      ` restore --at '2025-11-30 14:00' --yes`,
    otherwise,
  ]);
  const sharing = hintFor({ ...container, containerId: null, networkContainerId: id });
  assert.equal(
    sharing[2],
    `Else, in bash, with the name of this container in place of CONTAINER (\`docker ps\`, ${self} unless it uses another one's network):`,
  );
  assert.match(sharing[3] ?? '', / --volumes-from CONTAINER .* CONTAINER\)" .* CONTAINER\)" /);
  assert.equal(sharing[3]?.includes(self), false);
});

test('who sees all there is to see gets no advice to see more', () => {
  const visibility = { processes: false, containers: false, gaps: ['process 7 could not be inspected', noDocker] };
  const users = { visibility, use: 'unknown', holders: [] } as const;
  const hintFor = (host: HostEnvironment) => unseenFailure('/data/shop.db', users, host, ['restore']).hint;
  const otherwise = 'If you know that nothing uses it, add --allow-unseen. Nothing was stopped or changed.';
  const stop = 'Stop what could not be inspected (`ps -f` on the host shows it) and run it again';
  assert.equal(hintFor({ ...host, mayTrace: true }), `${stop}. ${otherwise}`);
  assert.equal(
    hintFor({ ...container, seesHostProcesses: true, mayTrace: true }),
    `${stop}, or mount the socket of Docker (-v /var/run/docker.sock:/var/run/docker.sock). ${otherwise}`,
  );
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shownOnHost } from '../../jobs/restore/services/docker/database-mounts.ts';
import type {
  DockerContainer,
  SharedNamespace,
  SwarmService,
} from '../../jobs/restore/services/docker/docker-engine.ts';
import { containerHealth, swarmHealth } from '../../jobs/restore/services/docker/docker-health.ts';
import { selectServices } from '../../jobs/restore/services/docker/select-services.ts';
import { serviceNames } from '../../jobs/restore/services/docker/service-names.ts';
import { missingServicesFailure } from '../../jobs/restore/services/missing-services.ts';
import { container } from './containers.ts';

const writable = { sources: ['/mnt/data'], destination: '/data', writable: true };

function swarmService(name: string, changes: Partial<SwarmService> = {}): SwarmService {
  const usual = { labels: {}, replicas: 2, stopTimeoutSeconds: 10, healthSeconds: null, mounts: [writable] };
  return { id: `id of ${name}`, name, runningJob: null, restartCondition: 'any', ...usual, ...changes };
}

const compose = (service: string, project = 'shop') => ({
  labels: { 'com.docker.compose.service': service, 'com.docker.compose.project': project },
});
const taskOf = (service: string, labels = {}) => ({ 'com.docker.swarm.service.id': `id of ${service}`, ...labels });

type Situation = {
  containers?: DockerContainer[];
  swarmServices?: SwarmService[];
  wanted?: string[];
  self?: string;
  selfNetwork?: string;
};

/** The decision about a database /mnt/data/shop.db whose file is there (or not), in short. */
function decide(
  { containers = [], swarmServices = [], wanted = [], self, selfNetwork }: Situation,
  databaseIsThere = true,
) {
  const identities = new Map([
    ['/mnt/data/shop.db', '1:9'],
    ['/mnt/data', '1:2'],
    ['/srv/link-to-data', '1:2'],
    ['/', '0:1'],
  ]);
  if (!databaseIsThere) identities.delete('/mnt/data/shop.db');
  const identityOf = (path: string) => identities.get(path) ?? null;
  const places = ['/mnt/data/shop.db', '/mnt/data', '/mnt', '/'].map((path) => ({
    path,
    identity: identityOf(path) ?? '',
  }));
  const { stop, joined, leftAlone, staying, stopping, missing, obstacles } = selectServices({
    containers,
    swarmServices,
    wanted,
    shows: shownOnHost(places, identityOf),
    self: self ?? null,
    selfNetwork: selfNetwork ?? null,
  });
  return {
    stop: stop.map(({ service, reason, remark }) =>
      [service.name, reason, ...(remark === null ? [] : [remark])].join(': '),
    ),
    joined: joined.map(({ name, shares }) => `${name}: ${shares}`),
    leftAlone,
    staying,
    stopping,
    missing,
    obstacles,
  };
}

const nothing = { stop: [], joined: [], leftAlone: [], staying: [], stopping: [], missing: [], obstacles: [] };
const mountsIt = 'mounts /mnt/data writable at /data';

describe('which services stop for a restore', () => {
  test('those asked for, in that order, then the others that can write, by name', () => {
    const containers = [
      container('zoo', { mounts: [writable] }),
      container('api', { mounts: [writable] }),
      container('worker'),
      container('web', { mounts: [writable] }),
      container('bystander', { mounts: [{ ...writable, sources: ['/mnt/other'] }] }),
    ];
    assert.deepEqual(decide({ containers, wanted: ['worker', 'web', 'typo'] }), {
      ...nothing,
      stop: ['worker: RESTORE_SERVICES', 'web: RESTORE_SERVICES', `api: ${mountsIt}`, `zoo: ${mountsIt}`],
      leftAlone: ['typo: no container or service has this name.'],
      missing: ['typo'],
      stopping: ['zoo', 'api', 'worker', 'web'].map((name) => `id of ${name}`),
    });
  });

  for (const [how, sources] of Object.entries({
    'the file alone': ['/mnt/data/shop.db'],
    'a folder above': ['/mnt'],
    'all of the host': ['/'],
    'the folder under another name': ['/srv/link-to-data'],
    'a volume that is that folder': ['/var/lib/docker/volumes/data/_data', '/mnt/data'],
  })) {
    test(`one that mounts ${how} writable stops`, () => {
      const mounts = [{ sources, destination: '/x', writable: true }];
      assert.deepEqual(decide({ containers: [container('api', { mounts })] }).stop, [
        `api: mounts ${sources[0]} writable at /x`,
      ]);
    });
  }

  test('of several mounts that show it, the first by its path is named, however Docker lists them', () => {
    const above = { sources: ['/mnt'], destination: '/all', writable: true };
    for (const mounts of [
      [writable, above],
      [above, writable],
    ]) {
      assert.deepEqual(decide({ containers: [container('api', { mounts })] }).stop, [
        'api: mounts /mnt writable at /all',
      ]);
    }
  });

  test('a mount that cannot be seen from here is not the database, also when there is no database yet', () => {
    const mounts = [{ sources: ['/mnt/other'], destination: '/x', writable: true }];
    assert.deepEqual(decide({ containers: [container('api', { mounts })] }, false), nothing);
  });

  test('readers, nightshift’s own and restore itself stay up, and may have the database open', () => {
    const containers = [
      container('reader', { mounts: [{ ...writable, writable: false }] }),
      container('sqlite-backup', { labels: { 'nightshift.job': 'backup' }, mounts: [writable] }),
      container('me', { mounts: [writable] }),
      container('off', { state: 'off', mounts: [writable] }),
    ];
    assert.deepEqual(decide({ containers, wanted: ['sqlite-backup', 'off'], self: 'id of me' }), {
      ...nothing,
      leftAlone: [
        "sqlite-backup: one of nightshift's own, never stopped.",
        'off: off, and stays off.',
        'reader: reads the database through a read-only mount; restart it to see the restored data.',
      ],
      staying: ['id of sqlite-backup', 'id of me', 'id of reader'],
    });
  });

  test('a reader that is asked for stops, and is not said to stay', () => {
    const reader = container('reader', { mounts: [{ ...writable, writable: false }] });
    const decided = decide({ containers: [reader], wanted: ['reader'] });
    assert.deepEqual(decided, { ...nothing, stop: ['reader: RESTORE_SERVICES'], stopping: ['id of reader'] });
  });

  test('a Compose service: all of its containers that run; a container’s own name goes first', () => {
    const containers = [
      container('shop-api-2', compose('api')),
      container('shop-api-1', compose('api')),
      container('old-api-1', { ...compose('api', 'old'), state: 'off' }),
      container('shop-api-run', { labels: { ...compose('api').labels, 'com.docker.compose.oneoff': 'True' } }),
    ];
    const stop = ['shop-api-1: RESTORE_SERVICES', 'shop-api-2: RESTORE_SERVICES'];
    assert.deepEqual(decide({ containers, wanted: ['api'] }).stop, stop);
    assert.deepEqual(decide({ containers: [...containers, container('api')], wanted: ['api'] }).stop, [
      'api: RESTORE_SERVICES',
    ]);
    const two = [...containers, container('other-api-1', compose('api', 'other'))];
    assert.deepEqual(decide({ containers: two, wanted: ['api'] }), {
      ...nothing,
      obstacles: ['api is the name of a service in several projects; give container names in RESTORE_SERVICES.'],
    });
  });

  test('what could not be started again as it was is an obstacle', () => {
    const containers = [
      container('throwaway', { removedWhenStopped: true, mounts: [writable] }),
      container('paused', { state: 'paused', mounts: [writable] }),
      container('task', { labels: taskOf('elsewhere'), mounts: [writable] }),
    ];
    const swarmServices = [
      swarmService('everywhere', { replicas: null }),
      swarmService('import', { replicas: null, runningJob: true }),
    ];
    assert.deepEqual(decide({ containers, swarmServices }).obstacles, [
      'everywhere is a global Swarm service, which cannot be scaled to 0: remove it for the restore.',
      'import is a Swarm job that runs: wait until it has ended, or remove it (`docker service rm import`).',
      'paused is paused: `docker unpause paused` or `docker kill paused` first.',
      'task belongs to a Swarm service, and this engine is not a manager; run restore against a manager.',
      'throwaway was started with --rm and would be gone once stopped: stop it yourself, then run restore.',
    ]);
  });

  test('a Swarm service stops as a whole, by its name or that in its stack; one of 0 replicas stays so', () => {
    const swarmServices = [
      swarmService('shop_api', { labels: { 'com.docker.stack.namespace': 'shop' } }),
      swarmService('idle', { replicas: 0 }),
      swarmService('import', { replicas: null, runningJob: false }),
      swarmService('writer'),
    ];
    const containers = [container('shop_api.1.x', { labels: taskOf('shop_api'), mounts: [writable] })];
    assert.deepEqual(decide({ swarmServices, containers, wanted: ['api'] }), {
      ...nothing,
      stop: ['shop_api: RESTORE_SERVICES', `writer: ${mountsIt}`],
      leftAlone: ['idle: scaled to 0, and stays at 0.', 'import: a job that does not run now, and is not started.'],
      stopping: ['id of shop_api.1.x'],
    });
  });

  test('a Swarm service made from nightshift’s image without a label of its own is known by its containers', () => {
    const task = container('nightly.1.x', {
      labels: taskOf('nightly', { 'nightshift.job': 'backup' }),
      mounts: [writable],
    });
    assert.deepEqual(decide({ swarmServices: [swarmService('nightly')], containers: [task] }), {
      ...nothing,
      leftAlone: [
        "nightly: one of nightshift's own, never stopped.",
        "nightly.1.x: one of nightshift's own, never stopped.",
      ],
      staying: ['id of nightly.1.x'],
    });
  });

  test('containers in the namespaces of one that stops are restarted after it, each after those that it joins', () => {
    const joins = (of: string, kind: SharedNamespace['kind'] = 'network') => ({
      shares: [{ of: `id of ${of}`, kind }],
    });
    const containers = [
      container('a-proxy-of-proxy', joins('proxy')),
      container('proxy', joins('app')),
      container('app', { mounts: [writable] }),
      container('by-name', { shares: [{ of: 'app', kind: 'network' }] }),
      container('debugger', joins('app', 'processes')),
      container('reader', { ...joins('app', 'IPC'), mounts: [{ ...writable, writable: false }] }),
      container('elsewhere', joins('bystander')),
      container('off', { ...joins('app'), state: 'off' }),
      container('writer', { ...joins('app'), mounts: [writable] }),
      container('sqlite-backup', { ...joins('app'), labels: { 'nightshift.job': 'backup' } }),
      container('me', joins('app', 'IPC')),
      container('paused', { ...joins('app'), state: 'paused' }),
    ];
    assert.deepEqual(decide({ containers, self: 'id of me' }), {
      ...nothing,
      stop: [`app: ${mountsIt}`, `writer: ${mountsIt}`],
      joined: [
        'proxy: shares the network of app',
        'by-name: shares the network of app',
        'debugger: shares the processes of app',
        'reader: shares the IPC of app',
        'a-proxy-of-proxy: shares the network of proxy',
      ],
      leftAlone: [
        "sqlite-backup: shares the network of app, and is one of nightshift's own, never stopped: `docker restart sqlite-backup` afterwards.",
        'paused: shares the network of app, and is paused: `docker restart paused` afterwards.',
      ],
      staying: ['id of reader'],
      stopping: ['id of app', 'id of writer'],
    });
  });

  test('one that a restart could not connect again is said to need more, or is an obstacle', () => {
    const containers = [
      container('shop_api.1.x', { labels: taskOf('shop_api'), mounts: [writable] }),
      container('proxy', { shares: [{ of: 'id of shop_api.1.x', kind: 'network' }] }),
      container('app', { mounts: [writable] }),
      container('debugger', { shares: [{ of: 'id of app', kind: 'processes' }], removedWhenStopped: true }),
      container('throwaway', { shares: [{ of: 'id of app', kind: 'network' }], removedWhenStopped: true }),
    ];
    const { joined, leftAlone, obstacles } = decide({ containers, swarmServices: [swarmService('shop_api')] });
    assert.deepEqual(
      { joined, leftAlone, obstacles },
      {
        joined: ['throwaway: shares the network of app'],
        leftAlone: [
          'proxy: shares the network of shop_api.1.x, which Swarm makes anew: make proxy anew afterwards too.',
        ],
        obstacles: [
          'debugger shares the processes of app, so it ends with it, and was started with --rm: stop it yourself first.',
        ],
      },
    );
  });

  test('a restore that runs in the processes or the network of what it has to stop is refused', () => {
    const app = container('app', { mounts: [writable] });
    const inside = (of: string, kind: SharedNamespace['kind']) => container('mine', { shares: [{ of, kind }] });
    const proxy = container('proxy', { shares: [{ of: 'id of app', kind: 'network' }] });
    const refused = (containers: DockerContainer[], self: Pick<Situation, 'self' | 'selfNetwork'>) =>
      decide({ containers: [app, ...containers], ...self }).obstacles.map((text) => text.slice(0, text.indexOf(',')));
    const self = 'id of mine';
    assert.deepEqual(decide({ containers: [app, inside('id of app', 'processes')], self }).obstacles, [
      'This restore itself shares the processes of app, which it has to stop, and would end or be cut off with it: run it in a container of its own (without `--pid container:…` and `--network container:…`).',
    ]);
    assert.deepEqual(refused([inside('id of app', 'network')], { self }), [
      'This restore itself shares the network of app',
    ]);
    assert.deepEqual(refused([proxy, inside('id of proxy', 'network')], { self }), [
      'This restore itself shares the network of proxy',
    ]);
    assert.deepEqual(refused([inside('id of app', 'network')], { selfNetwork: 'id of app' }), [
      'This restore itself shares the network of app',
    ]);
    assert.deepEqual(refused([inside('id of app', 'IPC')], { self }), []);
    assert.deepEqual(refused([inside('id of other', 'network')], { selfNetwork: 'id of other' }), []);
    assert.deepEqual(refused([container('mine')], { self, selfNetwork: self }), []);
  });

  test('how a service does now is said in the plan', () => {
    const containers = [
      container('a', { state: 'restarting', mounts: [writable] }),
      container('b', { health: 'unhealthy', mounts: [writable] }),
    ];
    assert.deepEqual(decide({ containers }).stop, [
      `a: ${mountsIt}: in a crash loop now`,
      `b: ${mountsIt}: unhealthy now`,
    ]);
  });
});

test('names that nothing has are listed with what there is, and with the one that was probably meant', () => {
  const containers = [
    container('shop-api-1', compose('api')),
    container('backend-mcpserver'),
    container('shop-once', { labels: { ...compose('once').labels, 'com.docker.compose.oneoff': 'True' } }),
    container('sqlite-backup', { labels: { 'nightshift.job': 'backup' } }),
    container('shop_web.1.x', { labels: taskOf('shop_web') }),
    container('me'),
  ];
  const swarmServices = [swarmService('shop_web', { labels: { 'com.docker.stack.namespace': 'shop' } })];
  const names = serviceNames({ containers, swarmServices, self: 'id of me' });
  assert.deepEqual(names, ['api', 'backend-mcpserver', 'shop-api-1', 'shop-once', 'shop_web', 'web']);
  const { code, message, hint } = missingServicesFailure(['backend-mpcserver', 'vectorindexing'], names);
  assert.deepEqual(
    { code, message, hint },
    {
      code: 'SETTINGS_INVALID',
      message:
        'RESTORE_SERVICES: no container, Compose service or Swarm service has the name "backend-mpcserver" (did you mean backend-mcpserver?), "vectorindexing". There is: api, backend-mcpserver, shop-api-1, shop-once, shop_web, web.',
      hint: 'Correct RESTORE_SERVICES. If that service does not exist yet, --allow-missing-services restores without it. Nothing was stopped or changed.',
    },
  );
  assert.match(missingServicesFailure(['web'], []).message, /There is: none\.$/);
});

test('how a container does after its start', () => {
  const after = (seconds: number, changes: Partial<DockerContainer> | null) => {
    const policy = { Name: 'always', MaximumRetryCount: 0 };
    const { state, reason } = containerHealth(changes === null ? null : container('a', changes), policy, seconds);
    return `${state}: ${reason}`;
  };
  assert.equal(after(0, { health: 'healthy' }), 'healthy: healthy');
  assert.equal(
    after(9, { health: 'starting', remark: 'no  table\n' }),
    'waiting: its health check has not passed yet: no table',
  );
  assert.equal(after(9, { health: 'unhealthy', remark: 'no table' }), 'failed: its health check fails: no table');
  assert.equal(after(1, {}), 'waiting: it has only just started');
  assert.equal(after(2, {}), 'healthy: running (it has no health check)');
  assert.equal(after(2, { state: 'off', remark: 'exited with code 1' }), 'ended: exited with code 1');
  assert.equal(after(2, { state: 'paused' }), 'failed: it is paused');
  assert.equal(after(2, null), 'failed: it was removed');
});

test('a job that ends with 0 has ended as it should, whatever policy it has while a restore is on; a server has not', () => {
  const held = { restartPolicy: { Name: 'no', MaximumRetryCount: 0 } };
  const ended = (exitCode: number | null, Name: string, health: DockerContainer['health'] = 'none') => {
    const found = container('a', { ...held, state: 'off', remark: `exited with code ${exitCode}`, exitCode, health });
    const { state, reason } = containerHealth(found, { Name, MaximumRetryCount: 0 }, 1);
    return `${state}: ${reason}`;
  };
  assert.deepEqual(
    [
      ended(0, 'no'),
      ended(0, 'on-failure', 'unhealthy'),
      ended(0, 'always'),
      ended(0, 'unless-stopped'),
      ended(3, 'no'),
      ended(null, 'no'),
    ],
    [
      'done: ended with code 0, as a job does (restart policy no)',
      'done: ended with code 0, as a job does (restart policy on-failure)',
      'ended: exited with code 0',
      'ended: exited with code 0',
      'ended: exited with code 3',
      'ended: exited with code null',
    ],
  );
});

test('how a Swarm service does after it was scaled up', () => {
  const service = { replicas: 2, healthSeconds: null, restartCondition: 'any' } as const;
  const tasks = { live: 2, running: 2, complete: 0, failed: 0, remark: '' };
  assert.equal(swarmHealth(tasks, service, 1).state, 'waiting');
  assert.equal(swarmHealth(tasks, service, 2).state, 'healthy');
  assert.equal(swarmHealth(tasks, { ...service, healthSeconds: 5 }, 0).state, 'healthy');
  assert.deepEqual(swarmHealth({ ...tasks, running: 1, failed: 3, remark: 'task: non-zero exit (1)' }, service, 9), {
    state: 'failed',
    reason: '1 of 2 tasks running: task: non-zero exit (1)',
  });
});

test('a Swarm service whose tasks end with code 0, and that Swarm does not start again, has ended as a job does', () => {
  const job = { replicas: 2, healthSeconds: null, restartCondition: 'on-failure' } as const;
  const tasks = { live: 0, running: 0, complete: 2, failed: 0, remark: '' };
  const say = (...given: Parameters<typeof swarmHealth>) => Object.values(swarmHealth(...given)).join(': ');
  assert.equal(
    say(tasks, job, 0),
    'done: 2 of 2 tasks ended with code 0, as a job does (restart condition on-failure)',
  );
  assert.equal(say({ ...tasks, complete: 1, live: 1 }, job, 9), 'waiting: 0 of 2 tasks running');
  assert.equal(say({ ...tasks, complete: 1, running: 1 }, job, 1), 'waiting: 1 of 2 tasks running');
  assert.match(say({ ...tasks, complete: 1, running: 1 }, job, 2), /^done: 1 of 2 tasks ended/);
  assert.equal(say(tasks, { ...job, restartCondition: 'any' }, 9), 'waiting: 0 of 2 tasks running');
  const failed = { ...tasks, complete: 1, failed: 1, remark: 'task: non-zero exit (1)' };
  assert.equal(say(failed, job, 9), 'waiting: 0 of 2 tasks running: task: non-zero exit (1)');
  assert.equal(
    say(failed, { ...job, restartCondition: 'none' }, 9),
    'failed: 0 of 2 tasks running: task: non-zero exit (1)',
  );
});

/**
 * The real parts a test may need, by the variable that says where one is. `.ci/run` starts them all and sets LAB=required;
 * elsewhere a test that lacks its part is skipped, and `npm test` ends by naming what was skipped and how to get it.
 */
const parts = {
  chromium: { variable: 'LAB_CHROMIUM', is: 'Debian’s browser' },
  compose: { variable: 'LAB_COMPOSE', is: 'Docker Compose v2, built once in two minutes' },
  docker: { variable: 'LAB_DOCKER_HOST', is: 'a private Docker engine' },
  loop: { variable: 'LAB_LOOP', is: 'loop devices and file system tools, as root' },
  nodes: { variable: 'LAB_NODES', is: 'older Node binaries, from npm' },
  power: { variable: 'LAB_POWER', is: 'nbdkit and nbdfuse, to record the writes of a disk' },
  pulumi: { variable: 'LAB_PULUMI', is: 'the Pulumi CLI, built once in three minutes' },
  root: { variable: 'LAB_ROOT', is: 'root, to mount full and read-only disks' },
  s3: { variable: 'LAB_S3_ENDPOINT', is: 'Ceph RADOS Gateway' },
  samples: { variable: 'LAB_SAMPLES', is: 'public sample databases' },
  sshd: { variable: 'LAB_SSHD', is: 'OpenSSH server, on loopback' },
  tools: { variable: 'LAB_TOOLS', is: 's3cmd, sqlite3, age, zstd, acl, attr' },
} as const;

export type LabPart = keyof typeof parts;

/** For `test(name, needs('s3'), …)`: empty when the parts are there, a reason to skip when not, an error when required. */
export function needs(...wanted: LabPart[]): { skip?: string } {
  const absent = wanted.filter((part) => !process.env[parts[part].variable]);
  if (absent.length === 0) return {};
  const reason = absent
    .map((part) => `needs ${part}: eval "$(test/lab/lab.sh ${part})" (${parts[part].is})`)
    .join('; ');
  if (process.env['LAB'] === 'required') throw new Error(`LAB=required, but the test ${reason}`);
  return { skip: reason };
}

/** Address and keys of the lab's S3 server. Only call it in tests that `needs('s3')`. */
export function labS3(): { endpoint: string; accessKey: string; secretKey: string; region: string } {
  const endpoint = process.env['LAB_S3_ENDPOINT'];
  const accessKey = process.env['LAB_S3_ACCESS_KEY'];
  const secretKey = process.env['LAB_S3_SECRET_KEY'];
  if (!endpoint || !accessKey || !secretKey)
    throw new Error('LAB_S3_ENDPOINT, _ACCESS_KEY and _SECRET_KEY are not all set');
  return { endpoint, accessKey, secretKey, region: 'us-east-1' };
}

/**
 * The real parts a test may need, as the environment tells. `.ci/run` starts them all and sets LAB=required; elsewhere a
 * test that lacks its part is skipped, and `npm test` ends by naming what was skipped and how to get it.
 */
type Part = { readonly variable: string; readonly hint: string };

const parts = {
  s3: { variable: 'LAB_S3_ENDPOINT', hint: 'eval "$(test/lab.sh s3)" (Ceph RADOS Gateway)' },
  docker: { variable: 'LAB_DOCKER_HOST', hint: 'eval "$(test/lab.sh docker)" (a private Docker engine)' },
  tools: { variable: 'LAB_TOOLS', hint: 'eval "$(test/lab.sh tools)" (s3cmd, sqlite3, age, zstd)' },
  chromium: { variable: 'LAB_CHROMIUM', hint: 'eval "$(test/lab.sh chromium)" (Debian’s browser)' },
  root: { variable: 'LAB_ROOT', hint: 'eval "$(test/lab.sh root)" as root (mounts full and read-only disks)' },
  pulumi: { variable: 'LAB_PULUMI', hint: 'eval "$(test/lab.sh pulumi)" (builds the Pulumi engine, 3 minutes once)' },
  sshd: { variable: 'LAB_SSHD', hint: 'eval "$(test/lab.sh sshd)" (OpenSSH server, on loopback)' },
  loop: { variable: 'LAB_LOOP', hint: 'eval "$(test/lab.sh loop)" as root (loop devices, file system tools)' },
  compose: {
    variable: 'LAB_COMPOSE',
    hint: 'eval "$(test/lab.sh compose)" (builds Docker Compose v2, 8 minutes once)',
  },
  samples: { variable: 'LAB_SAMPLES', hint: 'eval "$(test/lab.sh samples)" (public sample databases)' },
} as const satisfies Record<string, Part>;

export type LabPart = keyof typeof parts;

/** For `test(name, needs('s3'), …)`: empty when the parts are there, a reason to skip when not, an error when required. */
export function needs(...wanted: LabPart[]): { skip?: string } {
  const absent = wanted.filter((part) => !process.env[parts[part].variable]);
  if (absent.length === 0) return {};
  const reason = absent.map((part) => `needs ${part}: ${parts[part].hint}`).join('; ');
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

import { type CheckResult, failed, passed } from './check-result.ts';
import type { HostFacts } from './host-facts.ts';
import type { HostTarget } from './target.ts';

const oldest = [20, 10] as const;

/** Docker's version, and whether the SSH user may use it. */
export function checkDocker({ docker }: HostFacts): CheckResult {
  const check = 'Docker';
  if (docker === 'missing') return failed(check, 'is not installed', 'install it: docs.docker.com/engine/install.');
  if ('version' in docker) {
    const [major = 0, minor = 0] = docker.version.split('.').map(Number);
    const isNewEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
    if (isNewEnough) return passed(check, docker.version);
    return failed(
      check,
      `${docker.version} is too old`,
      `install ${oldest.join('.')} or newer: docs.docker.com/engine/install.`,
    );
  }
  if (/permission denied/i.test(docker.error)) {
    return failed(
      check,
      'the SSH user may not use it',
      '`sudo usermod -aG docker $USER` on the host, then log in again.',
    );
  }
  return failed(check, `does not respond (${docker.error})`, 'on the host: `systemctl status docker`.');
}

/** Containers with the wanted names that nightshift did not create. */
export function checkContainerNames(
  { containers }: HostFacts,
  { containers: wanted, replace }: HostTarget,
): CheckResult {
  const check = 'container names';
  const others = containers.filter(({ name, ours }) => wanted.includes(name) && !ours).map(({ name }) => name);
  if (others.length === 0) return passed(check, 'free, or used by nightshift');
  if (replace) return passed(check, `\`up\` replaces ${others.join(', ')}`);
  const rename = others.map((name) => `docker stop ${name} && docker rename ${name} ${name}-old`).join(' && ');
  return failed(
    check,
    `used by containers that nightshift did not create: ${others.join(', ')}`,
    `let \`up\` replace them (\`pulumi config set nightshift:replaceContainers true\`), or rename them on the host: \`${rename}\`.`,
  );
}

/** Containers that an `up` cuts off when it replaces one of ours, with whoever must make them anew. */
export function checkJoinedContainers(
  { joined }: HostFacts,
  { containers: wanted }: Pick<HostTarget, 'containers'>,
): CheckResult[] {
  const found = joined.filter(({ owner }) => wanted.includes(owner));
  if (found.length === 0) return [];
  const named = found.map(({ name, owner, remake }) => {
    const how = remake === null ? 'whoever made it' : remake;
    return `${name} beside ${owner} (${how})`;
  });
  const message = `when \`up\` replaces a container, those that share its network, processes or IPC are cut off, and must be made anew afterwards: ${named.join(', ')}`;
  return [passed('joined containers', message)];
}

/** Ports that the stack publishes: free, or used by a container of nightshift. */
export function checkPorts({ listening, containers }: HostFacts, wanted: HostTarget['ports']): CheckResult[] {
  return wanted.map((port) => {
    const check = `port ${port}`;
    if (!listening.includes(port)) return passed(check, 'free');
    const container = containers.find(({ ports }) => ports.includes(port));
    if (container?.ours) return passed(check, `used by our own ${container.name}`);
    const user = container === undefined ? 'a process on the host' : `the container ${container.name}`;
    const find = container === undefined ? ` (\`sudo ss -ltnp sport = :${port}\` names it)` : '';
    return failed(
      check,
      `in use by ${user}`,
      `stop it${find}, or keep it as the reverse proxy and turn ours off in the config.`,
    );
  });
}

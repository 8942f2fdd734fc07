import type { HostFacts } from './host-facts.ts';
import type { HostTarget } from './target.ts';
import { fail, ok, type Verdict } from './verdict.ts';

const oldest = [20, 10] as const;

/** Docker's version, and whether the account may use it. */
export function judgeDocker({ docker }: HostFacts): Verdict {
  const part = 'Docker';
  if (docker === 'missing') return fail(part, 'is not installed', 'install it: docs.docker.com/engine/install.');
  if ('version' in docker) {
    const [major = 0, minor = 0] = docker.version.split('.').map(Number);
    const enough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
    if (enough) return ok(part, docker.version);
    return fail(
      part,
      `${docker.version} is too old`,
      `install ${oldest.join('.')} or newer: docs.docker.com/engine/install.`,
    );
  }
  if (/permission denied/i.test(docker.error)) {
    return fail(part, 'this account may not use it', '`sudo usermod -aG docker $USER` on the host, then log in anew.');
  }
  return fail(part, `does not answer (${docker.error})`, 'on the host: `systemctl status docker`.');
}

/** Containers of the wanted names that no deployment of ours made. */
export function judgeNames({ containers }: HostFacts, { containers: wanted, replace }: HostTarget): Verdict {
  const part = 'container names';
  const old = containers.filter(({ name, ours }) => wanted.includes(name) && !ours).map(({ name }) => name);
  if (old.length === 0) return ok(part, 'free, or ours');
  if (replace) return ok(part, `\`up\` replaces ${old.join(', ')}`);
  const away = old.map((name) => `docker stop ${name} && docker rename ${name} ${name}-old`).join(' && ');
  return fail(
    part,
    `taken by containers that nightshift did not make: ${old.join(', ')}`,
    `let \`up\` replace them (\`pulumi config set nightshift:replaceContainers true\`), or move them aside on the host: \`${away}\`.`,
  );
}

/** Ports that the stack's proxy wants: free, or held by a container of ours. */
export function judgePorts({ listening, containers }: HostFacts, wanted: HostTarget['ports']): Verdict[] {
  return wanted.map((port) => {
    const part = `port ${port}`;
    if (!listening.includes(port)) return ok(part, 'free');
    const holder = containers.find(({ ports }) => ports.includes(port));
    if (holder?.ours) return ok(part, `held by our own ${holder.name}`);
    const who = holder === undefined ? 'a program on the host' : `the container ${holder.name}`;
    const find = holder === undefined ? ` (\`sudo ss -ltnp sport = :${port}\` names it)` : '';
    return fail(
      part,
      `taken by ${who}`,
      `stop it${find}, or let it stay in front and turn our own proxy off in the config.`,
    );
  });
}

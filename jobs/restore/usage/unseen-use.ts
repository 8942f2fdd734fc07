import { Failure } from '../../runtime/errors.ts';
import { quoteWords } from '../../runtime/shell-quoting.ts';
import type { AllowedDangers } from '../options/restore-options.ts';
import type { DatabaseUsers } from './database-users.ts';
import type { HostEnvironment } from './host-environment.ts';
import { dockerNotQueried, gapsText, type Visibility } from './visibility.ts';

/** What can be said of a file of whose users nothing is seen. */
export function unseenMessage(file: string, visibility: Visibility, use: DatabaseUsers['use']): string {
  const open = use === 'open' ? ' The kernel says that another process has it open.' : '';
  return `It cannot be determined from here whether anything uses ${file}: ${gapsText(visibility)}.${open}`;
}

/** Who ignores processes that have it open, ignores those that cannot be seen; unseen containers are another matter. */
export function isUnseenAllowed(allow: AllowedDangers, { inContainer }: HostEnvironment): boolean {
  return allow.unseen || (allow.openFiles && !inContainer);
}

/** The refusal to change it, with the command that sees enough. `commandLine`: what was typed after `nightshift`. */
export function unseenFailure(
  file: string,
  users: DatabaseUsers,
  host: HostEnvironment,
  commandLine: readonly string[],
): Failure {
  return new Failure(
    'DATABASE_USE_UNSEEN',
    unseenMessage(file, users.visibility, users.use),
    `${unseenHint(users, host, commandLine)} Nothing was stopped or changed.`,
  );
}

/** Says where the same command sees enough. */
export function unseenHint(
  { use, visibility }: Pick<DatabaseUsers, 'use' | 'visibility'>,
  host: HostEnvironment,
  commandLine: readonly string[],
): string {
  const typed = quoteWords(commandLine);
  const otherwise =
    use === 'open'
      ? 'To continue anyway, add --allow-unseen --ignore-open-files.'
      : 'If you know that nothing uses it, add --allow-unseen.';
  if (!host.hasProc) return `Stop what uses it (\`lsof\` lists that). ${otherwise}`;
  if (host.mayTrace && (host.seesHostProcesses || !host.inContainer)) {
    const socket = ', or mount the socket of Docker (-v /var/run/docker.sock:/var/run/docker.sock)';
    const orAsk = host.inContainer && visibility.gaps.includes(dockerNotQueried) ? socket : '';
    return `Stop what could not be inspected (\`ps -f\` on the host shows it) and run it again${orAsk}. ${otherwise}`;
  }
  if (!host.inContainer) {
    return `Run it as root: sudo -E env "PATH=$PATH" npx nightshift ${typed}\n${otherwise}`;
  }
  return [
    'Run it on the host, as root. Where the deployment installed the command:',
    `  nightshift ${typed}`,
    ownName(host),
    `  ${dockerRun(host, commandLine)}`,
    otherwise,
  ].join('\n');
}

/** Without the control group it may be the container whose network this one shares: its data and settings are another's. */
function ownName({ containerId, networkContainerId }: HostEnvironment): string {
  if (containerId !== null) return 'Else, in bash:';
  const probably =
    networkContainerId === null ? '' : `, ${networkContainerId.slice(0, 12)} unless it uses another one's network`;
  return `Else, in bash, with the name of this container in place of CONTAINER (\`docker ps\`${probably}):`;
}

/** The image, folders, settings and network of this container, with the host's processes and Docker in sight. */
function dockerRun({ containerId }: HostEnvironment, commandLine: readonly string[]): string {
  const self = containerId?.slice(0, 12) ?? 'CONTAINER';
  const inspected = (format: string) => `docker inspect -f '${format}' ${self}`;
  return [
    `docker run --rm ${commandLine.includes('--yes') ? '' : '-it '}--pid=host --user 0:0 --read-only`,
    '--security-opt no-new-privileges --security-opt apparmor=unconfined',
    '--cap-drop ALL --cap-add SYS_PTRACE --cap-add CHOWN --cap-add FOWNER --cap-add DAC_OVERRIDE',
    `-v /var/run/docker.sock:/var/run/docker.sock --volumes-from ${self}`,
    `--env-file <(${inspected('{{range .Config.Env}}{{println .}}{{end}}')})`,
    `--network "$(${inspected('{{.HostConfig.NetworkMode}}')})" "$(${inspected('{{.Image}}')})"`,
    quoteWords(commandLine),
  ].join(' ');
}

import type { HostPlan } from '../deployment.ts';
import type { Reader } from './reader.ts';

/** The host and how it is reached. `agent`: an SSH agent runs here. */
export function hostOf(read: Reader, agent: boolean): HostPlan {
  const place = placeOf(read);
  const keyFile = read.optional('sshKeyFile');
  const hostKey = read.matching('sshHostKey', /^(ssh|ecdsa)-\S+ [\w+/=]+/, 'a public key such as "ssh-ed25519 AAAA…"');
  if (place.kind !== 'engine' && keyFile === null && !agent)
    read.report('sshKeyFile', 'is not set, and no SSH agent runs here', 'set it, or start an agent with the key');
  const dockerHost = read.matching(
    'dockerHost',
    /^(unix:\/\/\/|tcp:\/\/|ssh:\/\/)./,
    'such as unix:///var/run/docker.sock',
  );
  if (place.kind === 'engine' && dockerHost !== null && !dockerHost.startsWith('unix:'))
    read.report(
      'sshHost',
      `is not set, and dockerHost ${dockerHost} is elsewhere`,
      'set it: secrets are laid there as files',
    );
  if (read.flag('hostFirewall') && place.kind === 'engine')
    read.report('hostFirewall', 'is true, but the host is no Linode', 'leave it out');
  const domain = read.optional('domain');
  const url = read.optional('summaryUrl');
  if (domain !== null && url === null)
    read.report('domain', 'is set, but summaryUrl is not', 'set summaryUrl, or leave domain out');
  if (domain !== null && url !== null && !new RegExp(`[/.]${domain.replaceAll('.', '\\.')}/?$`).test(url))
    read.report('domain', `is ${domain}, and summaryUrl ${url} does not lie in it`, 'make them fit');
  const firewall = read.flag('hostFirewall') || place.kind === 'create';
  const user = read.text('sshUser', 'SSH needs a user');
  return { place, user, port: read.whole('sshPort', 1, 65_535), keyFile, hostKey, dockerHost, firewall, domain };
}

function placeOf(read: Reader): HostPlan['place'] {
  const address = read.matching('sshHost', /^[\w.:-]+$/, 'an IP or a host name');
  const label = read.matching('hostLabel', /^[\w.-]{3,64}$/, '3 to 64 letters, digits and dashes');
  if (read.flag('hostCreate')) {
    if (address !== null) read.report('sshHost', 'is set, but hostCreate is true', 'keep one of them');
    return {
      kind: 'create',
      label: read.text('hostLabel', 'hostCreate is true'),
      region: read.text('hostRegion', 'hostCreate is true'),
      type: read.text('hostType', 'hostCreate is true'),
      publicKey: read.text('hostPublicKey', 'hostCreate is true'),
    };
  }
  if (address !== null) {
    if (label !== null) read.report('hostLabel', 'is set, and sshHost too', 'keep one of them');
    return { kind: 'address', address };
  }
  if (label !== null) return { kind: 'label', label };
  if (read.optional('dockerHost') === null)
    read.report('sshHost', 'is not set', 'name the host: sshHost, or hostLabel, or dockerHost for an engine elsewhere');
  return { kind: 'engine' };
}

import type { HostPlan } from '../deployment.ts';
import type { HostConfig } from './stack.ts';

/** Linode takes no longer one. */
const longestFirewallLabel = 32;
const shorterName = 'Linode takes at most 32 characters: give the host a name of at most 21';

/** The host and how it is reached. `agent`: an SSH agent runs here. */
export function hostOf(config: HostConfig, agent: boolean): HostPlan {
  const { name, values, has, report } = config;
  const { sshKeyFile: keyFile, dockerHost, domain, summaryUrl: url } = values;
  const place = placeOf(config);
  if (place.kind !== 'engine' && !has('sshKeyFile') && !agent)
    report('sshKeyFile', 'is not set, and no SSH agent runs here', 'set it, or start an agent with the key');
  if (place.kind === 'engine' && dockerHost !== null && !dockerHost.startsWith('unix:'))
    report(
      'sshHost',
      `is not set, and dockerHost ${dockerHost} is elsewhere`,
      'set it: secrets are written there as files',
    );
  if (values.hostFirewall && place.kind === 'engine')
    report('hostFirewall', 'is true, but the host is no Linode', 'leave it out');
  const firewall = values.hostFirewall || place.kind === 'create';
  if (firewall && `nightshift-${name}`.length > longestFirewallLabel)
    report('hosts', `has one called ${name}, with a firewall nightshift-${name}`, shorterName);
  if (domain !== null && !has('summaryUrl'))
    report('domain', 'is set, but summaryUrl is not', 'set summaryUrl, or leave domain out');
  if (domain !== null && url !== null && !new RegExp(`[/.]${domain.replaceAll('.', '\\.')}/?$`).test(url))
    report('domain', `is ${domain}, and summaryUrl ${url} is not in it`, 'make them match');
  return {
    place,
    user: values.sshUser,
    port: values.sshPort,
    keyFile,
    hostKey: values.sshHostKey,
    dockerHost,
    firewall,
    domain,
  };
}

function placeOf({ values, has, required, report }: HostConfig): HostPlan['place'] {
  const { sshHost: address, hostLabel: label } = values;
  if (values.hostCreate) {
    if (has('sshHost')) report('sshHost', 'is set, but hostCreate is true', 'keep one of them');
    return {
      kind: 'create',
      label: required('hostLabel', 'hostCreate is true'),
      region: required('hostRegion', 'hostCreate is true'),
      type: values.hostType,
      publicKey: required('hostPublicKey', 'hostCreate is true'),
    };
  }
  if (has('sshHost') && has('hostLabel')) report('hostLabel', 'is set, and sshHost too', 'keep one of them');
  if (address !== null) return { kind: 'address', address };
  if (label !== null) return { kind: 'label', label };
  if (!has('sshHost') && !has('hostLabel') && !has('dockerHost'))
    report('sshHost', 'is not set', 'name the host: sshHost, or hostLabel, or dockerHost for an engine elsewhere');
  return { kind: 'engine' };
}

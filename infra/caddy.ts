import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { HostDeployment } from './deployment.ts';
import { filesFolder } from './docker-run.ts';
import { containerOptions, logs } from './engines/container.ts';
import { listing } from './files.ts';
import type { Host } from './host.ts';
import { networkOf } from './services.ts';
import { hostScript } from './shell.ts';

const image = 'caddy:2.10.2-alpine';

/** Caddy before the summary page: a certificate of its own for the name, on ports that need no root. */
function caddyfile(url: string): string {
  return `{
	http_port 8080
	https_port 8443
	admin off
}
${new URL(url).hostname} {
	reverse_proxy backend-dailysummary:8080
}
`;
}

export function caddy(url: string, { deployment, host, suffix, dependsOn }: CaddyGround): pulumi.Resource {
  const folder = filesFolder(deployment.folders, 'nightshift-caddy');
  const laid = hostScript(
    `caddyfile${suffix}`,
    {
      file: 'lay-files.sh',
      variables: { FOLDER: folder, MODE: '0400' },
      removes: folder,
      stdin: listing({ Caddyfile: caddyfile(url) }),
    },
    host.shell,
    { dependsOn },
  );
  const pulled = new docker.RemoteImage(
    `caddy-image${suffix}`,
    { name: image, keepLocally: true },
    { provider: host.docker, dependsOn },
  );
  const state = `${deployment.folders.state}/caddy`;
  return new docker.Container(
    `nightshift-caddy${suffix}`,
    {
      name: 'nightshift-caddy',
      image: pulled.imageId,
      command: ['caddy', 'run', '--config', '/etc/nightshift/Caddyfile'],
      envs: ['XDG_CONFIG_HOME=/state/config', 'XDG_DATA_HOME=/state/data'],
      user: '1000:1000',
      readOnly: true,
      // The file of the program carries this capability, and does not start without it.
      capabilities: { drops: ['ALL'], adds: ['NET_BIND_SERVICE'] },
      securityOpts: ['no-new-privileges'],
      init: true,
      memory: 256,
      restart: 'unless-stopped',
      destroyGraceSeconds: 10,
      stopTimeout: 10,
      networkMode: networkOf(deployment),
      networksAdvanced: [{ name: networkOf(deployment), aliases: ['nightshift-caddy'] }],
      mounts: [
        { type: 'bind', source: folder, target: '/etc/nightshift', readOnly: true },
        { type: 'bind', source: state, target: '/state', readOnly: false },
      ],
      ports: [
        { internal: 8080, external: 80, protocol: 'tcp' },
        { internal: 8443, external: 443, protocol: 'tcp' },
      ],
      logDriver: logs.driver,
      logOpts: logs.options,
      labels: [
        { label: 'nightshift.host', value: host.id },
        { label: 'nightshift.page', value: url },
        { label: 'nightshift.service', value: 'nightshift-caddy' },
      ],
    },
    { ...containerOptions, provider: host.docker, dependsOn: [laid] },
  );
}

type CaddyGround = {
  readonly deployment: HostDeployment;
  readonly host: Host;
  readonly suffix: string;
  readonly dependsOn: pulumi.Resource[];
};

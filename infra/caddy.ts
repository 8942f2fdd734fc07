import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { HostDeployment } from './deployment.ts';
import { containerOptions, logOptions, noSwapLimit } from './engines/container-args.ts';
import type { HostResource } from './host.ts';
import { runHostScript } from './host-script.ts';
import { filesFolder } from './resolved-spec.ts';
import { encodeFiles, writeFolder } from './service-files.ts';
import { networkOf } from './service-specs.ts';

const name = 'nightshift-caddy';
const image = 'caddy:2.10.2-alpine';

/** Reverse proxy of the summary page, with its own certificate, on ports that need no root. */
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

/** Caddy in front of the summary page, on the host's ports 80 and 443. */
export function deployCaddy(url: string, { deployment, host, suffix, dependsOn }: CaddyDeps): pulumi.Resource {
  const folder = filesFolder(deployment.folders, name);
  const lines = encodeFiles({ Caddyfile: caddyfile(url) });
  const files = writeFolder(`caddyfile${suffix}`, folder, lines, host.scriptTarget, { dependsOn });
  const pulledImage = new docker.RemoteImage(
    `caddy-image${suffix}`,
    { name: image, keepLocally: true },
    { provider: host.docker, dependsOn },
  );
  const joined = runHostScript(
    `caddy-joined${suffix}`,
    { file: 'name-joined.sh', variables: { NAME: name, IMAGE: pulledImage.imageId, PAGE: url }, showsWarnings: true },
    host.scriptTarget,
    { dependsOn: [files, pulledImage] },
  );
  const state = `${deployment.folders.state}/caddy`;
  return new docker.Container(
    `${name}${suffix}`,
    {
      name,
      image: pulledImage.imageId,
      command: ['caddy', 'run', '--config', '/etc/nightshift/Caddyfile'],
      envs: ['XDG_CONFIG_HOME=/state/config', 'XDG_DATA_HOME=/state/data'],
      user: '1000:1000',
      readOnly: true,
      // The binary has this file capability, and does not start without it.
      capabilities: { drops: ['ALL'], adds: ['NET_BIND_SERVICE'] },
      securityOpts: ['no-new-privileges'],
      init: true,
      memory: 256,
      memorySwap: noSwapLimit,
      restart: 'unless-stopped',
      destroyGraceSeconds: 10,
      stopTimeout: 10,
      networkMode: networkOf(deployment),
      networksAdvanced: [{ name: networkOf(deployment), aliases: [name] }],
      mounts: [
        { type: 'bind', source: folder, target: '/etc/nightshift', readOnly: true },
        { type: 'bind', source: state, target: '/state', readOnly: false },
      ],
      ports: [
        { internal: 8080, external: 80, protocol: 'tcp' },
        { internal: 8443, external: 443, protocol: 'tcp' },
      ],
      logDriver: logOptions.driver,
      logOpts: logOptions.options,
      labels: [
        { label: 'nightshift.host', value: host.id },
        { label: 'nightshift.page', value: url },
        { label: 'nightshift.service', value: name },
      ],
    },
    { ...containerOptions, provider: host.docker, dependsOn: [files, joined] },
  );
}

type CaddyDeps = {
  readonly deployment: HostDeployment;
  readonly host: HostResource;
  readonly suffix: string;
  readonly dependsOn: pulumi.Resource[];
};

import type { ProviderArgs } from '@pulumi/docker';
import { container } from './docker/container.ts';
import { engine } from './docker/engine.ts';
import { image, remoteImage } from './docker/image.ts';
import { overSsh, reachBySsh } from './docker/over-ssh.ts';
import { service } from './docker/service.ts';
import { network, secret, serviceConfig, volume } from './docker/simple-resources.ts';
import { type InputNames, standInFor } from './resource.ts';
import { serve } from './serve.ts';

// The `docker` stand-in: every resource becomes calls on the lab's real Docker engine. Prints its port.
// Like the real one it connects to `ssh://` with the system's ssh, and pings the engine first, unless configured not to.
const standIn = standInFor({
  version: '5.2.0',
  config: { host: true, sshOpts: true, disableDockerDaemonCheck: true } satisfies InputNames<ProviderArgs>,
  async configure({ host, sshOpts, disableDockerDaemonCheck }) {
    reachBySsh(String(host ?? ''), JSON.parse(String(sshOpts ?? '[]')));
    if (String(disableDockerDaemonCheck) !== 'true') await engine.ping();
  },
  types: {
    'docker:index/container:Container': overSsh(container),
    'docker:index/image:Image': overSsh(image),
    'docker:index/network:Network': overSsh(network),
    'docker:index/remoteImage:RemoteImage': overSsh(remoteImage),
    'docker:index/secret:Secret': overSsh(secret),
    'docker:index/service:Service': overSsh(service),
    'docker:index/serviceConfig:ServiceConfig': overSsh(serviceConfig),
    'docker:index/volume:Volume': overSsh(volume),
  },
});
await serve(standIn);

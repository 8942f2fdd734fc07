import type { ProviderArgs } from '@pulumi/docker';
import { container } from './docker/container.ts';
import { engine } from './docker/engine.ts';
import { image, remoteImage } from './docker/image.ts';
import { service } from './docker/service.ts';
import { network, secret, serviceConfig, volume } from './docker/simple-resources.ts';
import { type InputNames, standInFor } from './resource.ts';
import { serve } from './serve.ts';

// The `docker` stand-in: every resource becomes calls on the lab's real Docker engine. Prints its port.
// Like the real one it pings the engine first, unless configured not to.
const standIn = standInFor({
  version: '5.2.0',
  config: { host: true, sshOpts: true, disableDockerDaemonCheck: true } satisfies InputNames<ProviderArgs>,
  async configure({ disableDockerDaemonCheck }) {
    if (String(disableDockerDaemonCheck) !== 'true') await engine.ping();
  },
  types: {
    'docker:index/container:Container': container,
    'docker:index/image:Image': image,
    'docker:index/network:Network': network,
    'docker:index/remoteImage:RemoteImage': remoteImage,
    'docker:index/secret:Secret': secret,
    'docker:index/service:Service': service,
    'docker:index/serviceConfig:ServiceConfig': serviceConfig,
    'docker:index/volume:Volume': volume,
  },
});
await serve(standIn);

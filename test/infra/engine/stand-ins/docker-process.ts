import { main } from '@pulumi/pulumi/provider/index.js';
import { container } from './docker/container.ts';
import { image, remoteImage } from './docker/image.ts';
import { service } from './docker/service.ts';
import { network, secret, serviceConfig, volume } from './docker/small.ts';
import { providerOf } from './resource.ts';

// The `docker` stand-in: every resource becomes calls on the lab's real Docker engine. Prints its port.
const provider = providerOf('5.2.0', {
  'docker:index/container:Container': container,
  'docker:index/image:Image': image,
  'docker:index/network:Network': network,
  'docker:index/remoteImage:RemoteImage': remoteImage,
  'docker:index/secret:Secret': secret,
  'docker:index/service:Service': service,
  'docker:index/serviceConfig:ServiceConfig': serviceConfig,
  'docker:index/volume:Volume': volume,
});
await main(provider, process.argv.slice(2));

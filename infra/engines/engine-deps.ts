import type * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import type { HostDeployment } from '../deployment.ts';
import type { HostResource } from '../host.ts';
import type { ResolvedSpec } from '../resolved-spec.ts';
import type { FileContents } from '../service-files.ts';

/** What an engine needs beside a service's spec. */
export type EngineDeps = {
  readonly deployment: HostDeployment;
  readonly host: HostResource;
  /** End of every resource name. */
  readonly suffix: string;
  /** The network of the services. */
  readonly network: docker.Network;
  readonly image: docker.Image;
  readonly resolved: pulumi.Output<ResolvedSpec>;
  readonly secrets: FileContents;
  /** Of the secrets and files: new content deploys the service again. */
  readonly contentHash: pulumi.Output<string>;
  readonly dependsOn: pulumi.Resource[];
};

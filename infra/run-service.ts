import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { HostDeployment } from './deployment.ts';
import { type KnownSpec, quote, runOptions, serviceOptions } from './docker-run.ts';
import { containerArgs, containerOptions } from './engines/container.ts';
import { type SwarmFile, swarmArgs } from './engines/swarm.ts';
import { base64, contentHash, layFiles, type SecretTexts, secretsOf, type Texts } from './files.ts';
import type { Host } from './host.ts';
import type { LateName, ServiceSpec } from './services.ts';
import { hostScript } from './shell.ts';

/** What services stand on. */
export type Ground = {
  readonly deployment: HostDeployment;
  readonly host: Host;
  readonly suffix: string;
  readonly late: Readonly<Record<LateName, pulumi.Input<string>>>;
  readonly secrets: SecretTexts;
  /** Folders, network, disk: there before any service. */
  readonly dependsOn: pulumi.Resource[];
};

export type RunningService = { readonly known: pulumi.Output<KnownSpec>; readonly settled: pulumi.Resource };

/** One service: its files, the candidate, then the service itself, then the wait until it is healthy. */
export function runService(spec: ServiceSpec, image: docker.Image, ground: Ground): RunningService {
  const { deployment, host, suffix } = ground;
  const { folders } = deployment;
  const known = knownSpec(spec, ground.late);
  const secrets = secretsOf(spec, ground.secrets);
  const laid = layFiles(spec, { secrets, folders, suffix, shell: host.shell }, { dependsOn: ground.dependsOn });
  const candidate = hostScript(
    `${spec.name}-candidate${suffix}`,
    {
      file: 'candidate.sh',
      variables: {
        NAME: spec.name,
        IMAGE: image.repoDigest,
        OPTIONS: known.apply((each) => words(runOptions(each, folders))),
        CHECK: words(spec.check),
        REPLACE: String(deployment.replaceContainers),
        STOP_SECONDS: String(spec.stopSeconds),
        // A new secret or setting is tried too.
        CONTENT: contentHash(secrets, spec.files),
      },
    },
    host.shell,
    { dependsOn: [...ground.dependsOn, ...laid, image] },
  );
  const dependsOn = [candidate];
  if (deployment.engine.kind === 'swarm') {
    return { known, settled: swarmService(spec, { image, known, secrets, ground, dependsOn }) };
  }
  const hash = contentHash(secrets, spec.files);
  const facts = { folders, image: image.repoDigest, known, contentHash: hash, hostId: host.id };
  const container = new docker.Container(`${spec.name}${suffix}`, containerArgs(spec, facts), {
    ...containerOptions,
    provider: host.docker,
    dependsOn,
  });
  return { known, settled: settle(spec, container, known, ground) };
}

/** The wait until it is healthy; if it never is, the previous image is started again and the `up` fails. */
function settle(
  spec: ServiceSpec,
  container: docker.Container,
  known: pulumi.Output<KnownSpec>,
  { deployment, host, suffix }: Ground,
): pulumi.Resource {
  return hostScript(
    `${spec.name}-settled${suffix}`,
    {
      file: 'settle.sh',
      variables: {
        NAME: spec.name,
        CONTAINER: container.id,
        OPTIONS: known.apply((each) => words(serviceOptions(each, deployment.folders))),
        COMMAND: words(spec.command),
        HEALTH: words(spec.health.test),
        STATE: deployment.folders.state,
        STOP_SECONDS: String(spec.stopSeconds),
        TIMEOUT: String(deployment.healthTimeoutSeconds),
      },
    },
    host.shell,
    { dependsOn: [container] },
  );
}

type SwarmParts = {
  readonly image: docker.Image;
  readonly known: pulumi.Output<KnownSpec>;
  readonly secrets: Texts;
  readonly ground: Ground;
  readonly dependsOn: pulumi.Resource[];
};

function swarmService(spec: ServiceSpec, { image, known, secrets, ground, dependsOn }: SwarmParts): pulumi.Resource {
  const { deployment, host, suffix } = ground;
  const hash = contentHash(secrets, spec.files);
  const opts = { provider: host.docker };
  // Swarm's secrets and configs never change: a new content is a new name, and the old one goes after the update.
  const objectName = (name: string) => pulumi.interpolate`${spec.name}-${name}-${hash}`;
  const secretFiles = Object.keys(spec.secrets).map((name): SwarmFile => {
    const data = pulumi.secret(secrets.apply((texts) => base64(texts[name] ?? '')));
    const made = new docker.Secret(`${spec.name}-${name}${suffix}`, { name: objectName(name), data }, opts);
    return { name, id: made.id, objectName: made.name };
  });
  const configFiles = Object.entries(spec.files).map(([name, text]): SwarmFile => {
    const args = { name: objectName(name), data: base64(text) };
    const made = new docker.ServiceConfig(`${spec.name}-${name}${suffix}`, args, opts);
    return { name, id: made.id, objectName: made.name };
  });
  const { engine, healthTimeoutSeconds } = deployment;
  const node = engine.kind === 'swarm' ? engine.node : null;
  const facts = {
    image: image.repoDigest,
    known,
    secrets: secretFiles,
    configs: configFiles,
    node,
    healthTimeoutSeconds,
  };
  return new docker.Service(`${spec.name}${suffix}`, swarmArgs(spec, facts), { ...opts, dependsOn });
}

function knownSpec(spec: ServiceSpec, late: Ground['late']): pulumi.Output<KnownSpec> {
  const { environment } = spec;
  return pulumi.all([late.endpoint, late.bucket, late.region]).apply(([endpoint, bucket, region]) => {
    const values = { endpoint, bucket, region };
    const known = Object.entries(environment).map(
      ([name, value]) => [name, typeof value === 'string' ? value : values[value.late]] as const,
    );
    return { ...spec, environment: Object.fromEntries(known) };
  });
}

function words(list: readonly string[]): string {
  return list.map(quote).join(' ');
}

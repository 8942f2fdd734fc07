import * as linode from '@pulumi/linode';
import type * as pulumi from '@pulumi/pulumi';

/** A firewall that lets in SSH on `sshPort`, HTTP and HTTPS, and all that goes out. */
export function createFirewall(
  linodeId: pulumi.Output<number>,
  sshPort: number,
  suffix: string,
  options: pulumi.CustomResourceOptions,
): void {
  const accept = (label: string, ports: string) => ({
    label,
    action: 'ACCEPT',
    protocol: 'TCP',
    ports,
    ipv4s: ['0.0.0.0/0'],
    ipv6s: ['::/0'],
  });
  new linode.Firewall(
    `firewall${suffix}`,
    {
      label: `nightshift${suffix}`,
      inboundPolicy: 'DROP',
      outboundPolicy: 'ACCEPT',
      inbounds: [accept('ssh', String(sshPort)), accept('http', '80'), accept('https', '443')],
      linodes: [linodeId],
    },
    options,
  );
}

import { systemCodeOf } from '../../runtime/errors.ts';
import { proxyFor } from '../../runtime/proxy.ts';
import type { S3Diagnosis } from './diagnosis.ts';

/** Why no response came from `endpoint`, by Node's error code; null when the error is about something else. */
export function connectionDiagnosis(error: unknown, endpoint: string): S3Diagnosis | null {
  const address = URL.parse(endpoint);
  const host = address?.host ?? endpoint;
  const proxy = address === null ? null : proxyFor(address);
  const code = systemCodeOf(error) ?? '';
  const silent = error instanceof Error && error.name === 'TimeoutError';
  if (code === 'ENOTFOUND') {
    return {
      code: 'STORE_UNREACHABLE',
      found: `there is no host ${host}.`,
      hint: 'Check LINODE_REGION (the stem of the host name, such as sg-sin-1) or LINODE_ENDPOINT for a typing error, then the DNS of this machine.',
    };
  }
  if (code === 'EAI_AGAIN') {
    return {
      code: 'STORE_UNREACHABLE',
      found: `the name ${host} could not be looked up.`,
      hint: 'Check the network and the DNS servers of this machine or container; LINODE_REGION and LINODE_ENDPOINT name the host.',
    };
  }
  if (code === 'ERR_PROXY_TUNNEL') {
    return {
      code: 'STORE_UNREACHABLE',
      found: `the proxy ${proxy?.host ?? ''} made no connection with ${host}${replyOf(error)}.`,
      hint: `Check ${proxy?.variable ?? 'HTTPS_PROXY'} (address, user and password) and whether that proxy lets this host through; NO_PROXY excepts hosts from it.`,
    };
  }
  if (isTls(code)) {
    return { code: 'STORE_TLS', found: `no secure connection with ${host} (${code}).`, hint: tlsHint(code) };
  }
  const throughProxy =
    proxy === null
      ? ''
      : ` ${proxy.variable} is set: unless NO_PROXY excepts it, the way leads through the proxy ${proxy.host}.`;
  if (silent || /^E(CONN|PIPE|TIMEDOUT|HOST|NET|RR_STREAM_PREMATURE)/.test(code)) {
    return {
      code: 'STORE_UNREACHABLE',
      found: `the connection with ${host} ${silent ? 'went silent' : `failed (${code})`}.`,
      hint: `Check the network and firewall of this machine, then LINODE_REGION, or LINODE_ENDPOINT if it is set (scheme, host and port).${throughProxy}`,
    };
  }
  return null;
}

/** What the proxy replied; Node's message has its address without the login. */
function replyOf(error: unknown): string {
  const status = error instanceof Error ? /: HTTP\/\d\.\d (\d{3}[ \w-]*)/.exec(error.message)?.[1] : undefined;
  return status === undefined ? '' : `: it responded with ${status}`;
}

function isTls(code: string): boolean {
  return /CERT|CRL|^EPROTO$|^ERR_(SSL|TLS)|^UNABLE_TO_|^HOSTNAME_MISMATCH$/.test(code);
}

function tlsHint(code: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return 'Check the clock of this machine first, then the certificate of the server.';
  }
  if (/EPROTO|^ERR_SSL/.test(code)) return 'Check scheme and port in LINODE_ENDPOINT: does this port speak https?';
  if (/ALTNAME|HOSTNAME/.test(code)) return 'Check the host in LINODE_ENDPOINT: the certificate is for another name.';
  return 'If a private authority signed the certificate of the server, name its file in NODE_EXTRA_CA_CERTS; else somebody may sit in between.';
}

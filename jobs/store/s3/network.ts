import { systemCodeOf } from '../../runtime/errors.ts';
import type { S3Diagnosis } from './diagnosis.ts';

/** Why no response came from `endpoint`, by Node's error code; null when the error is about something else. */
export function connectionDiagnosis(error: unknown, endpoint: string): S3Diagnosis | null {
  const host = URL.parse(endpoint)?.host ?? endpoint;
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
  if (isTls(code)) {
    return { code: 'STORE_TLS', found: `no secure connection with ${host} (${code}).`, hint: tlsHint(code) };
  }
  if (silent || /^E(CONN|PIPE|TIMEDOUT|HOST|NET|RR_STREAM_PREMATURE)/.test(code)) {
    return {
      code: 'STORE_UNREACHABLE',
      found: `the connection with ${host} ${silent ? 'went silent' : `failed (${code})`}.`,
      hint: 'Check the network and firewall of this machine, then LINODE_REGION, or LINODE_ENDPOINT if it is set (scheme, host and port).',
    };
  }
  return null;
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

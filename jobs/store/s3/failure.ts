import type { S3ServiceException } from '@aws-sdk/client-s3';
import { Failure } from '../../runtime/errors.ts';
import { objectMissingFailure } from '../missing.ts';
import { CopyIgnoredError, type S3Diagnosis, type S3Request } from './diagnosis.ts';
import { responseDiagnosis, type S3ErrorResponse } from './error-codes.ts';
import { connectionDiagnosis } from './network.ts';

/** The Failure for what the S3 server, or the way to it, did with a request; `now` by our clock. A Failure stays itself. */
export function s3Failure(error: unknown, request: S3Request, now: Temporal.Instant): Failure {
  if (error instanceof Failure) return error;
  const { action, key, bucket, endpoint } = request;
  const response = errorResponseOf(error, now);
  if (response?.code === 'NoSuchKey') return objectMissingFailure(key, `bucket ${bucket} at ${endpoint}`, error);
  const known = response === null ? connectionDiagnosis(error, endpoint) : responseDiagnosis(response, request);
  const { code, found, hint } =
    known ?? (error instanceof CopyIgnoredError ? copyIgnored : otherDiagnosis(error, response, endpoint));
  const doing = `Cannot ${actionTexts[action]} ${key === '' ? 'anything' : key} in bucket ${bucket} at ${endpoint}`;
  return new Failure(code, `${doing}: ${found}`, hint, error);
}

const copyIgnored: S3Diagnosis = {
  code: 'STORE_UNSUPPORTED',
  found: 'the server treated the copy as an empty upload.',
  hint: 'Trying again does not help. Ask the provider whether it supports copies (CopyObject).',
};

const actionTexts: Readonly<Record<S3Request['action'], string>> = {
  list: 'list',
  read: 'read',
  write: 'write',
  copy: 'copy to',
  delete: 'delete',
  'list uploads': 'list the unfinished uploads of',
  'abort upload': 'abort the unfinished upload of',
};

/** Names the SDK invents when a response has no S3 error code. */
const sdkNames = ['Unknown', 'UnknownError', 'NotFound', 'Forbidden', 'Error', 'SyntaxError', 'TypeError'];

/** The server's error response, or null when there was none. */
function errorResponseOf(error: unknown, now: Temporal.Instant): S3ErrorResponse | null {
  if (!(error instanceof Error && '$response' in error)) return null;
  const { $response: response, name } = error as Pick<S3ServiceException, '$response' | 'name'>;
  if (response === undefined) return null;
  const theirs = Date.parse(response.headers['date'] ?? '');
  return {
    code: sdkNames.includes(name) ? null : name,
    status: response.statusCode,
    clockAheadSeconds: Number.isNaN(theirs) ? null : (now.epochMilliseconds - theirs) / 1000,
  };
}

function otherDiagnosis(error: unknown, response: S3ErrorResponse | null, endpoint: string): S3Diagnosis {
  if (response !== null && response.code === null) {
    return {
      code: 'STORE_FAILED',
      found: `the response (${response.status}) is not one of an S3 server.`,
      hint: `Check LINODE_ENDPOINT: something other than object storage may respond at ${endpoint}.`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'STORE_FAILED',
    found: response === null ? message : `the server responded with ${response.code} (${response.status}): ${message}`,
    hint: 'Look this response up in the documentation of the provider; if it persists, report it with the lines before it.',
  };
}

import type { S3ServiceException } from '@aws-sdk/client-s3';
import { Failure } from '../../runtime/errors.ts';
import { objectMissing } from '../missing.ts';
import { type Finding, NotCopied, type S3Request } from './diagnosis.ts';
import { type Answer, answerFinding } from './error-codes.ts';
import { connectionFinding } from './network.ts';

/** The Failure for what the S3 server, or the way to it, did with a request; `now` by our clock. A Failure stays itself. */
export function s3Failure(error: unknown, request: S3Request, now: Temporal.Instant): Failure {
  if (error instanceof Failure) return error;
  const { action, key, bucket, endpoint } = request;
  const answer = answerOf(error, now);
  if (answer?.code === 'NoSuchKey') return objectMissing(key, `bucket ${bucket} at ${endpoint}`, error);
  const known = answer === null ? connectionFinding(error, endpoint) : answerFinding(answer, request);
  const { code, found, hint } =
    known ?? (error instanceof NotCopied ? notCopied : otherFinding(error, answer, endpoint));
  const doing = `Cannot ${doings[action]} ${key === '' ? 'anything' : key} in bucket ${bucket} at ${endpoint}`;
  return new Failure(code, `${doing}: ${found}`, hint, error);
}

const notCopied: Finding = {
  code: 'STORE_UNSUPPORTED',
  found: 'the server took the copy for an upload of nothing.',
  hint: 'Trying again does not help. Ask the provider whether it supports copies (CopyObject).',
};

const doings: Readonly<Record<S3Request['action'], string>> = {
  list: 'list',
  read: 'read',
  write: 'write',
  copy: 'copy to',
  delete: 'delete',
  'list uploads': 'list the unfinished uploads of',
  'abort upload': 'abort the unfinished upload of',
};

/** Names the SDK makes up when an answer holds no S3 error code. */
const madeUpNames = ['Unknown', 'UnknownError', 'NotFound', 'Forbidden', 'Error', 'SyntaxError', 'TypeError'];

/** What the server answered, or null when it did not. */
function answerOf(error: unknown, now: Temporal.Instant): Answer | null {
  if (!(error instanceof Error && '$response' in error)) return null;
  const { $response: response, name } = error as Pick<S3ServiceException, '$response' | 'name'>;
  if (response === undefined) return null;
  const theirs = Date.parse(response.headers['date'] ?? '');
  return {
    code: madeUpNames.includes(name) ? null : name,
    status: response.statusCode,
    clockAheadSeconds: Number.isNaN(theirs) ? null : (now.epochMilliseconds - theirs) / 1000,
  };
}

function otherFinding(error: unknown, answer: Answer | null, endpoint: string): Finding {
  if (answer !== null && answer.code === null) {
    return {
      code: 'STORE_FAILED',
      found: `the answer (${answer.status}) is not one of an S3 server.`,
      hint: `Check LINODE_ENDPOINT: something other than object storage may answer at ${endpoint}.`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'STORE_FAILED',
    found: answer === null ? message : `the server answered ${answer.code} (${answer.status}): ${message}`,
    hint: 'Look this answer up in the documentation of the provider; if it stays, report it with the lines before it.',
  };
}

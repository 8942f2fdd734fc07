import assert from 'node:assert/strict';
import { test } from 'node:test';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { Failure } from '../../../jobs/runtime/errors.ts';
import type { S3Request } from '../../../jobs/store/s3/diagnosis.ts';
import { s3Failure } from '../../../jobs/store/s3/failure.ts';

const now = Temporal.Instant.from('2025-11-29T18:00:00Z');
const request: S3Request = {
  action: 'write',
  key: 'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz',
  bucket: 'zygy-backups-service',
  endpoint: 'https://sg-sin-1.linodeobjects.com',
  region: 'sg-sin-1',
};

function answer(status: number, name: string, headers: Record<string, string> = {}): S3ServiceException {
  const error = new S3ServiceException({
    name,
    message: 'from the server',
    $fault: 'client',
    $metadata: { httpStatusCode: status },
  });
  Object.assign(error, { $response: { statusCode: status, headers } });
  return error;
}

const withCode = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });
const silent = Object.assign(new Error('idle'), { name: 'TimeoutError' });

test('each answer of the server, and each way not to get one, has its code', () => {
  const cases: [unknown, string][] = [
    [answer(403, 'InvalidAccessKeyId'), 'STORE_KEY_UNKNOWN'],
    [answer(403, 'SignatureDoesNotMatch'), 'STORE_SECRET_WRONG'],
    [answer(403, 'AccessDenied'), 'STORE_DENIED'],
    [answer(403, 'Unknown'), 'STORE_DENIED'],
    [answer(404, 'NoSuchBucket'), 'STORE_BUCKET_MISSING'],
    [answer(301, 'PermanentRedirect'), 'STORE_WRONG_REGION'],
    [answer(301, 'Unknown'), 'STORE_WRONG_REGION'],
    [answer(400, 'AuthorizationHeaderMalformed'), 'STORE_WRONG_REGION'],
    [answer(400, 'IllegalLocationConstraintException'), 'STORE_WRONG_REGION'],
    [answer(403, 'RequestTimeTooSkewed'), 'STORE_CLOCK_SKEW'],
    [answer(503, 'SlowDown'), 'STORE_BUSY'],
    [answer(503, 'Unknown'), 'STORE_BUSY'],
    [answer(429, 'TooManyRequests'), 'STORE_BUSY'],
    [answer(403, 'QuotaExceeded'), 'STORE_FULL'],
    [answer(507, 'Unknown'), 'STORE_FULL'],
    [answer(404, 'NoSuchKey'), 'OBJECT_MISSING'],
    [answer(412, 'PreconditionFailed'), 'STORE_FAILED'],
    [answer(500, 'InternalError'), 'STORE_FAILED'],
    [answer(501, 'NotImplemented'), 'STORE_UNSUPPORTED'],
    [answer(501, 'Unknown'), 'STORE_UNSUPPORTED'],
    [answer(405, 'MethodNotAllowed'), 'STORE_UNSUPPORTED'],
    [answer(405, 'Unknown'), 'STORE_UNSUPPORTED'],
    [answer(400, 'InvalidRequest'), 'STORE_FAILED'],
    [answer(400, 'InvalidArgument'), 'STORE_FAILED'],
    [answer(404, 'NotFound'), 'STORE_FAILED'],
    [withCode('ENOTFOUND'), 'STORE_UNREACHABLE'],
    [withCode('EAI_AGAIN'), 'STORE_UNREACHABLE'],
    [withCode('ECONNREFUSED'), 'STORE_UNREACHABLE'],
    [withCode('ECONNRESET'), 'STORE_UNREACHABLE'],
    [withCode('EPIPE'), 'STORE_UNREACHABLE'],
    [withCode('EHOSTUNREACH'), 'STORE_UNREACHABLE'],
    [withCode('ENETUNREACH'), 'STORE_UNREACHABLE'],
    [withCode('ERR_STREAM_PREMATURE_CLOSE'), 'STORE_UNREACHABLE'],
    [silent, 'STORE_UNREACHABLE'],
    [new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }), 'STORE_UNREACHABLE'],
    [withCode('EPROTO'), 'STORE_TLS'],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'STORE_TLS'],
    [withCode('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'STORE_TLS'],
    [withCode('CERT_HAS_EXPIRED'), 'STORE_TLS'],
    [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'STORE_TLS'],
    [new RangeError('anything else'), 'STORE_FAILED'],
    ['not even an error', 'STORE_FAILED'],
  ];
  assert.deepEqual(
    cases.map(([error]) => [error, s3Failure(error, request, now).code]),
    cases,
  );
});

test('message and hint name the object, the place and the setting', () => {
  const { message, hint, cause } = s3Failure(answer(403, 'AccessDenied'), request, now);
  assert.equal(
    message,
    'Cannot write sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz in bucket zygy-backups-service at https://sg-sin-1.linodeobjects.com: the server denies this key the right to write.',
  );
  assert.equal(
    hint,
    'The usual cause is a read-only key: give LINODE_ACCESS_KEY read and write access to zygy-backups-service. Check LINODE_BUCKET too: a bucket of that name that is not yours is denied in the same way.',
  );
  assert.ok(cause instanceof S3ServiceException);
});

test('every hint names what to set or where to look', () => {
  const settings: [unknown, RegExp][] = [
    [answer(403, 'InvalidAccessKeyId'), /LINODE_ACCESS_KEY/],
    [answer(403, 'SignatureDoesNotMatch'), /LINODE_SECRET_KEY/],
    [answer(404, 'NoSuchBucket'), /LINODE_BUCKET.*LINODE_REGION.*LINODE_ENDPOINT/],
    [answer(301, 'PermanentRedirect'), /LINODE_REGION.*LINODE_ENDPOINT/],
    [withCode('ENOTFOUND'), /LINODE_REGION.*LINODE_ENDPOINT/],
    [withCode('ECONNREFUSED'), /LINODE_REGION.*LINODE_ENDPOINT/],
    [withCode('EPROTO'), /scheme and port in LINODE_ENDPOINT/],
    [withCode('SELF_SIGNED_CERT_IN_CHAIN'), /NODE_EXTRA_CA_CERTS/],
    [withCode('CERT_NOT_YET_VALID'), /clock/],
    [answer(403, 'QuotaExceeded'), /BACKUP_RETENTION_DAILY/],
  ];
  for (const [error, named] of settings) assert.match(s3Failure(error, request, now).hint, named);
});

test('a denied step is named by the right that is missing', () => {
  const key = 'daily/a';
  const place =
    'in bucket zygy-backups-service at https://sg-sin-1.linodeobjects.com: the server denies this key the right';
  const sentences: Record<S3Request['action'], string> = {
    list: `Cannot list daily/a ${place} to list.`,
    read: `Cannot read daily/a ${place} to read.`,
    write: `Cannot write daily/a ${place} to write.`,
    copy: `Cannot copy to daily/a ${place} to copy.`,
    delete: `Cannot delete daily/a ${place} to delete.`,
    'list uploads': `Cannot list the unfinished uploads of daily/a ${place} to list unfinished uploads (s3:ListBucketMultipartUploads).`,
    'abort upload': `Cannot abort the unfinished upload of daily/a ${place} to abort uploads (s3:AbortMultipartUpload).`,
  };
  const found = Object.keys(sentences).map((action) => {
    const asked = { ...request, key, action: action as S3Request['action'] };
    return [action, s3Failure(answer(403, 'AccessDenied'), asked, now).message];
  });
  assert.deepEqual(Object.fromEntries(found), sentences);
});

test('what a server cannot do is no outage, and says so; a copy it does not take may be refused in other words', () => {
  const { code, message, hint } = s3Failure(answer(501, 'NotImplemented'), request, now);
  assert.deepEqual(
    { code, message, hint },
    {
      code: 'STORE_UNSUPPORTED',
      message:
        'Cannot write sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz in bucket zygy-backups-service at https://sg-sin-1.linodeobjects.com: the server does not support this request (501 NotImplemented).',
      hint: 'Trying again does not help. Ask the provider whether it supports this S3 request; if it does, check LINODE_ENDPOINT: a proxy in front of the server may respond in its place.',
    },
  );
  const copy = { ...request, action: 'copy' } as const;
  for (const name of ['InvalidArgument', 'InvalidRequest', 'NotImplemented', 'XNotImplemented']) {
    const failure = s3Failure(answer(400, name), copy, now);
    assert.equal(failure.code, 'STORE_UNSUPPORTED', name);
    assert.match(failure.message, new RegExp(`the server does not support this request \\(400 ${name}\\)\\.$`));
  }
  assert.equal(s3Failure(answer(400, 'AuthorizationHeaderMalformed'), copy, now).code, 'STORE_WRONG_REGION');
});

test('a refused clock is reported with how much it is off, when the server has its time', () => {
  const skewed = (date?: string) =>
    s3Failure(answer(403, 'RequestTimeTooSkewed', date ? { date } : {}), request, now).message.split(': the ')[1];
  assert.equal(
    skewed('Sat, 29 Nov 2025 17:39:00 GMT'),
    'server refuses the time of this machine, which is 21 min 00 s ahead of its own.',
  );
  assert.equal(
    skewed('Sat, 29 Nov 2025 18:17:30 GMT'),
    'server refuses the time of this machine, which is 17 min 30 s behind its own.',
  );
  assert.equal(skewed(), 'server refuses the time of this machine, which is too far from its own.');
});

test('a Failure stays what it is', () => {
  const failure = new Failure('OBJECT_MISSING', 'gone', 'look');
  assert.equal(s3Failure(failure, request, now), failure);
});

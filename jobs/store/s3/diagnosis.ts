import type { FailureCode } from '../../runtime/errors.ts';

/** What went wrong with a request and what to do, without the request: `found` follows "Cannot read KEY in bucket B: ". */
export type S3Diagnosis = { readonly code: FailureCode; readonly found: string; readonly hint: string };

/** What was requested of which bucket. `key` is the object (of a copy, the new one), or the prefix of a listing. */
export type S3Request = {
  readonly action: 'list' | 'read' | 'write' | 'copy' | 'delete' | 'list uploads' | 'abort upload';
  readonly key: string;
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
};

/** The server responded to a copy with success, but not with the result of a copy. */
export class CopyIgnoredError extends Error {
  override readonly name = 'CopyIgnoredError';
}

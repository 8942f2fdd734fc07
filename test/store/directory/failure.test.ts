import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../jobs/runtime/errors.ts';
import { directoryFailure } from '../../../jobs/store/directory/failure.ts';

const fail = (code: string) =>
  directoryFailure(Object.assign(new Error(`${code}: no`), { code }), 'writing /backups/daily/a', '/backups');

test('each answer of the file system has its code', () => {
  const codes = {
    ENOSPC: 'STORE_FULL',
    EDQUOT: 'STORE_FULL',
    EACCES: 'STORE_DENIED',
    EPERM: 'STORE_DENIED',
    EROFS: 'STORE_DENIED',
    ENOTDIR: 'STORE_FAILED',
    ESTALE: 'STORE_UNREACHABLE',
    EHOSTDOWN: 'STORE_UNREACHABLE',
    EIO: 'STORE_FAILED',
  };
  const found = Object.keys(codes).map((code) => [code, fail(code).code]);
  assert.deepEqual(Object.fromEntries(found), codes);
});

test('message and hint name the file and the folder', () => {
  assert.equal(fail('ENOSPC').message, 'There is no room left for writing /backups/daily/a (ENOSPC).');
  assert.equal(
    fail('ENOSPC').hint,
    'Make room on the disk of /backups, or keep fewer backups with BACKUP_RETENTION_DAILY.',
  );
  assert.equal(fail('EIO').message, 'The file system refused writing /backups/daily/a: EIO: no');
});

test('a Failure stays what it is', () => {
  const failure = new Failure('OBJECT_MISSING', 'gone', 'look');
  assert.equal(directoryFailure(failure, 'reading', '/backups'), failure);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exposureWarning } from '../../../jobs/summary/site/exposure-warning.ts';

test('a public address without https is warned of, one with it or on this machine alone is not', () => {
  const fine = [
    null,
    'https://daily.example.com',
    'http://localhost:8080',
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
  ];
  assert.deepEqual(fine.map(exposureWarning), [null, null, null, null, null]);
  assert.equal(
    exposureWarning('http://daily.example.com:8080/summary'),
    'SUMMARY_PUBLIC_URL is http://daily.example.com:8080, without https: the password and the links in emails can be read on their way. Put a proxy with TLS in front of the page, and set https://daily.example.com:8080',
  );
});

import { readFile } from 'node:fs/promises';
import { Failure } from '../../runtime/errors.ts';
import { type AgeIdentity, createAgeIdentity, isSecretKey } from './encryption.ts';

const howToMake =
  'Give the file that `age-keygen -o FILE` wrote: comments, and lines that begin with AGE-SECRET-KEY-1.';

/** Reads an age identity file. Throws IDENTITY_UNUSABLE, which names file and line and never shows what is in it. */
export async function readIdentity(file: string): Promise<AgeIdentity> {
  const content = await readFile(file, 'utf8').catch((error) => {
    const hint = 'Check the path, and that this user may read it.';
    throw new Failure(
      'IDENTITY_UNUSABLE',
      `The age identity file ${file} cannot be read (${error.code}).`,
      hint,
      error,
    );
  });
  if (/^(age-encryption\.org|-----BEGIN AGE ENCRYPTED)/.test(content)) {
    const hint = `Decrypt it first: age -d -o PLAIN ${file}`;
    throw new Failure('IDENTITY_UNUSABLE', `The age identity file ${file} is itself encrypted.`, hint);
  }
  const lines = content.split('\n').map((line, index) => ({ text: line.trim(), number: index + 1 }));
  const keys = lines.filter(({ text }) => text !== '' && !text.startsWith('#'));
  const bad = keys.find(({ text }) => !isSecretKey(text));
  if (bad !== undefined) {
    const message = `Line ${bad.number} of the age identity file ${file} is not a complete age secret key.`;
    throw new Failure('IDENTITY_UNUSABLE', message, howToMake);
  }
  if (keys.length === 0) {
    throw new Failure('IDENTITY_UNUSABLE', `The age identity file ${file} holds no key.`, howToMake);
  }
  return createAgeIdentity(
    file,
    keys.map(({ text }) => text),
  );
}

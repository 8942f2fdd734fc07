import { Decrypter, Encrypter } from 'age-encryption';
import { Failure } from '../../runtime/errors.ts';

/** Who can decrypt: the keys of one age identity file. They stay inside, so that nothing can print them. */
export type AgeIdentity = {
  readonly file: string;
  /** Reads an age file's header and returns its plain bytes as a stream. */
  decrypt(encrypted: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>>;
};

/** Encrypts a stream to age public keys (https://age-encryption.org/v1). Throws RECIPIENT_UNUSABLE before it reads. */
export function createEncryption(recipients: readonly string[]) {
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  return async function* encrypt(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* await encrypter.encrypt(ReadableStream.from(plain));
  };
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new Failure(
      'RECIPIENT_UNUSABLE',
      `${recipient} is not a complete age public key; nothing was stored.`,
      'Copy the public key that age-keygen printed into BACKUP_AGE_RECIPIENTS again. Keys of age plugins cannot be used.',
      error,
    );
  }
}

/**
 * Begins to decrypt an age file; damage that shows only later ends the returned stream with an error of age-encryption.
 * Throws ARCHIVE_IDENTITY_MISSING, ARCHIVE_IDENTITY_WRONG, or that library's error for a damaged header.
 */
export async function decrypt(
  encrypted: AsyncIterable<Uint8Array>,
  key: string,
  identity: AgeIdentity | null,
): Promise<ReadableStream<Uint8Array>> {
  if (identity === null) {
    throw new Failure(
      'ARCHIVE_IDENTITY_MISSING',
      `${key} is encrypted, and no age identity was given to decrypt it with.`,
      'Name the identity file (the one that age-keygen wrote) with --identity or in BACKUP_AGE_IDENTITY.',
    );
  }
  try {
    return await identity.decrypt(ReadableStream.from(encrypted));
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('no identity matched'))) throw error;
    throw new Failure(
      'ARCHIVE_IDENTITY_WRONG',
      `${key} is not encrypted for any key in ${identity.file}.`,
      'Give the identity file whose public key was in BACKUP_AGE_RECIPIENTS when this backup was made.',
      error,
    );
  }
}

/** An identity of secret keys `AGE-SECRET-KEY-1…`, named by the file they are from. */
export function createAgeIdentity(file: string, keys: readonly string[]): AgeIdentity {
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(key);
  return { file, decrypt: (encrypted) => decrypter.decrypt(encrypted) };
}

export function isSecretKey(text: string): boolean {
  try {
    new Decrypter().addIdentity(text);
    return true;
  } catch {
    return false;
  }
}

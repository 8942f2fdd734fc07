import { type FileHandle, open, rm } from 'node:fs/promises';

/** Bytes that are copied to a file on their way. */
export type CopiedBytes = {
  readonly bytes: AsyncGenerator<Buffer>;
  /** After the last byte: the file, or null when not all of them are in it. */
  file(): string | null;
};

/**
 * Passes `source` on and copies it to `file`, while that is at most `maxBytes`. A copy that would be longer, or cannot be written,
 * is given up and removed: nothing but the copy fails.
 */
export function copyBeside(source: AsyncGenerator<Buffer>, file: string, maxBytes: number): CopiedBytes {
  let whole = false;
  async function* bytes(): AsyncGenerator<Buffer> {
    let copy: FileHandle | null = await open(file, 'w', 0o600).catch(() => null);
    const giveUp = async () => {
      await copy?.close().catch(() => {});
      copy = null;
      await rm(file, { force: true }).catch(() => {});
    };
    let length = 0;
    try {
      for await (const piece of source) {
        length += piece.length;
        if (copy !== null && (length > maxBytes || !(await isWritten(copy, piece)))) await giveUp();
        yield piece;
      }
      whole = copy !== null;
    } finally {
      if (whole) await copy?.close().catch(() => {});
      else await giveUp();
    }
  }
  return { bytes: bytes(), file: () => (whole ? file : null) };
}

async function isWritten(copy: FileHandle, piece: Buffer): Promise<boolean> {
  try {
    await copy.writeFile(piece);
    return true;
  } catch {
    return false;
  }
}

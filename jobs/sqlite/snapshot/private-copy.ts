import { open, rm } from 'node:fs/promises';

/** What the header of a database file says: https://www.sqlite.org/fileformat2.html#the_database_header */
export type DatabaseHeader = {
  readonly pageSize: number;
  readonly freePages: number;
  readonly userVersion: number;
  readonly applicationId: number;
};

/**
 * Makes a private copy stand alone: its header says journal_mode=DELETE, so that opening it makes no `-wal`, and it is on
 * the disk. Returns the header and the size in bytes. No SQLite connection may be open on `file`.
 */
export async function finishPrivateCopy(file: string): Promise<DatabaseHeader & { readonly bytes: number }> {
  const handle = await open(file, 'r+');
  try {
    const { buffer } = await handle.read(Buffer.alloc(100), 0, 100, 0);
    // Write and read version: 1 is a rollback journal, 2 is WAL.
    await handle.write(Buffer.from([1, 1]), 0, 2, 18);
    await handle.sync();
    const { size } = await handle.stat();
    return {
      pageSize: buffer.readUInt16BE(16) === 1 ? 65_536 : buffer.readUInt16BE(16),
      freePages: buffer.readUInt32BE(36),
      userVersion: buffer.readInt32BE(60),
      applicationId: buffer.readInt32BE(68),
      bytes: size,
    };
  } finally {
    await handle.close();
  }
}

/** Removes a database file and what SQLite may have left beside it. */
export async function removePrivateCopy(file: string): Promise<void> {
  for (const ending of ['', '-journal', '-wal', '-shm']) await rm(`${file}${ending}`, { force: true });
}

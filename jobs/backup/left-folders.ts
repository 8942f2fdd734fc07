import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Removes work folders whose names begin with `stem` and that were made a day ago or earlier: their process was killed. */
export async function removeLeftFolders(stagingDir: string, stem: string, now: Temporal.Instant): Promise<void> {
  for (const name of await readdir(stagingDir)) {
    if (!name.startsWith(stem)) continue;
    const folder = path.join(stagingDir, name);
    const found = await stat(folder).catch(() => null);
    if (found !== null && now.epochMilliseconds - found.mtimeMs >= 24 * 3_600_000)
      await rm(folder, { recursive: true, force: true });
  }
}

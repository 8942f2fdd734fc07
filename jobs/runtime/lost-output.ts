import { Failure, systemCodeOf } from './errors.ts';

/** The reader is gone: a terminal that was closed, or a `head` that has read enough. */
const readerGoneCodes = new Set(['EPIPE', 'EIO']);

/**
 * Lets this process continue when its output can no longer be written, in the middle of a restore for example: Node would end
 * it. Returns a function that gives the error code when output was lost that somebody still expects (`ENOSPC`: a file on a
 * full disk), or null.
 */
export function ignoreLostOutput(): () => string | null {
  let lost: string | null = null;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      const code = systemCodeOf(error) ?? error.message;
      if (!readerGoneCodes.has(code)) lost = code;
    });
  }
  return () => lost;
}

/** The failure of a command that did all its work but could not write its output. */
export function outputLostFailure(code: string): Failure {
  return new Failure(
    'OUTPUT_LOST',
    `Its output could not be written (${code}). All else was done.`,
    'Free space where its output goes, and look again with `nightshift status` or `nightshift list`.',
  );
}

import { Failure, systemCodeOf } from './errors.ts';

/** The reader went away: a terminal that was closed, or `head` that has seen enough. */
const readerGoneCodes = new Set(['EPIPE', 'EIO']);

/**
 * Lets this process go on when its output cannot be written any more, in the middle of a restore for example: without it
 * Node ends the process. Returns a function that gives the code of the error by which output was lost that a reader still waits for
 * (`ENOSPC` of a file on a full disk), or null.
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

/** What a command ends with that did all it had to, and could not write what it printed. */
export function outputLostFailure(code: string): Failure {
  return new Failure(
    'OUTPUT_LOST',
    `Its output could not be written (${code}). All else was done.`,
    'Free space where its output goes, and look again with `nightshift status` or `nightshift list`.',
  );
}

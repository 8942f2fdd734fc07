import type { RunningCommand } from '../../nightshift.ts';

/** A command that may be killed at any moment. */
export type KillSubject = {
  readonly name: string;
  /** What must be so afterwards, in words of a user. */
  readonly promise: string;
  /** How often the long form kills it. */
  readonly kills: number;
  prepare(): Promise<PreparedKills>;
};

export type PreparedKills = {
  /** Starts the command anew, on what is as before it. */
  start(): Promise<RunningCommand>;
  /** What is wrong after it was killed, or had ended. */
  check(): Promise<readonly string[]>;
  close(): Promise<void>;
};

export type KillResult = { readonly killed: number; readonly problems: readonly string[] };

/**
 * Kills the command (SIGKILL) `kills` times, at moments spread over the time that an undisturbed run takes, each a random bit
 * away from its place, and checks what each leaves.
 */
export async function killAgainAndAgain(subject: KillSubject, kills: number): Promise<KillResult> {
  const prepared = await subject.prepare();
  try {
    const ended = async (delay: number | null) => {
      const { child, finished } = await prepared.start();
      const began = performance.now();
      const timer = delay === null ? undefined : setTimeout(() => child.kill('SIGKILL'), delay);
      const result = await finished;
      clearTimeout(timer);
      return { ...result, ms: performance.now() - began };
    };
    const undisturbed = await ended(null);
    if (undisturbed.code !== 0) throw new Error(`${subject.name}: ${undisturbed.out}${undisturbed.err}`);
    const problems = [...(await prepared.check())];
    let took = undisturbed.ms;
    let killed = 0;
    while (killed < kills) {
      const delay = (took * (killed + Math.random())) / kills;
      const { code, out, err, ms } = await ended(delay);
      if (code === null) killed += 1;
      // It was faster than before: the next ones are killed earlier.
      else took = Math.min(took, ms);
      const where = `${subject.name}, killed after ${Math.round(delay)} ms of ${Math.round(took)}`;
      const found = await prepared.check();
      problems.push(...found.map((problem) => `${where}: ${problem}\n${out}${err}`));
    }
    return { killed, problems };
  } finally {
    await prepared.close();
  }
}

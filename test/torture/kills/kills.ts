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

/** `killed`: how often the command was still running. */
export type KillResult = { readonly killed: number; readonly problems: readonly string[] };

/**
 * Kills the command (SIGKILL) `kills` times, at moments spread over the time that an undisturbed run takes, each a random bit
 * away from its place, and checks what each leaves.
 */
export async function killAgainAndAgain(subject: KillSubject, kills: number): Promise<KillResult> {
  const prepared = await subject.prepare();
  try {
    const began = performance.now();
    const { code, out, err } = await (await prepared.start()).finished;
    const took = performance.now() - began;
    if (code !== 0) throw new Error(`${subject.name}: ${out}${err}`);
    const problems = [...(await prepared.check())];
    let killed = 0;
    for (let number = 0; number < kills; number += 1) {
      const delay = (took * (number + Math.random())) / kills;
      const { child, finished } = await prepared.start();
      const timer = setTimeout(() => child.kill('SIGKILL'), delay);
      const ended = await finished;
      clearTimeout(timer);
      if (ended.code === null) killed += 1;
      const where = `${subject.name}, killed after ${Math.round(delay)} ms of ${Math.round(took)}`;
      const found = await prepared.check();
      problems.push(...found.map((problem) => `${where}: ${problem}\n${ended.out}${ended.err}`));
    }
    return { killed, problems };
  } finally {
    await prepared.close();
  }
}

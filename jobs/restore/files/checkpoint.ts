/** Called before and after everything that changes something; tests end the process there. */
export type Checkpoint = (name: string) => void | Promise<void>;

export const noCheckpoint: Checkpoint = () => {};

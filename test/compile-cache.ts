const { NODE_COMPILE_CACHE } = process.env;

/** For a process that gets an environment of its own: where Node keeps compiled code, when this process has a place for it. */
export const compileCache: Readonly<Record<string, string>> =
  NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

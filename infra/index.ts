import { deploy } from './program.ts';

// What `pulumi up` runs, through main.mjs. Read program.ts: it is the table of contents.
export const outputs = deploy();

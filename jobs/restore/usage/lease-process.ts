/** The child of `kernelFileUse`: asks for a write lease on each file named as argument, gives it back, and answers by IPC. */

import { dlopen, getInt32 } from 'node:ffi';
import { closeSync, openSync } from 'node:fs';
import { sendResult } from '../../runtime/child-process.ts';
import type { KernelFileUse } from './kernel-file-use.ts';

// From Linux's fcntl.h and errno.h, the same on all architectures that Node runs on.
const [setLease, writeLease, unlock, again] = [1024, 1, 2, 11];

await sendResult(() => answerFor(process.argv.slice(2)));

function answerFor(files: readonly string[]): KernelFileUse {
  try {
    const { functions } = dlopen(null, {
      fcntl: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
      __errno_location: { arguments: [], return: 'pointer' },
    });
    const errno = () => getInt32(functions.__errno_location());
    const answers = files.map((file): KernelFileUse => {
      const descriptor = openSync(file, 'r');
      try {
        if (functions.fcntl(descriptor, setLease, writeLease) !== 0) return errno() === again ? 'open' : 'unknown';
        functions.fcntl(descriptor, setLease, unlock);
        return 'free';
      } finally {
        closeSync(descriptor);
      }
    });
    if (answers.includes('open')) return 'open';
    return answers.length > 0 && answers.every((answer) => answer === 'free') ? 'free' : 'unknown';
  } catch {
    return 'unknown';
  }
}

import type { Mutant } from '../mutant.ts';

const directory = 'test/store/directory.test.ts';
const disk = 'test/store/directory/disk-order.test.ts';

export const store: readonly Mutant[] = [
  {
    name: 'a stored file is not brought to the disk',
    file: 'jobs/store/directory/atomic-write.ts',
    find: 'await handle.utimes(version, version);\n    await handle.sync();',
    replace: 'await handle.utimes(version, version);',
    tests: [disk],
  },
  {
    name: 'a stored file’s name is not brought to the disk',
    file: 'jobs/store/directory/atomic-write.ts',
    find: 'await rename(temporary, target);\n    await syncFolder(folder);',
    replace: 'await rename(temporary, target);',
    tests: [disk],
  },
  {
    name: 'the new folder of a store is not brought to the disk',
    file: 'jobs/runtime/durable-folder.ts',
    find: 'await syncFolder(path.dirname(made));',
    replace: 'path.dirname(made);',
    tests: [disk],
  },
  {
    name: 'the metadata of a stored file is not brought to the disk',
    file: 'jobs/store/directory/sidecar.ts',
    find: 'await handle.sync();',
    replace: '',
    tests: [disk],
  },
  {
    name: 'a stored file appears before its metadata',
    file: 'jobs/store/directory/atomic-write.ts',
    find: 'await writeSidecar(target, version, finished.bytes, metadata);\n    transfer.signal?.throwIfAborted();\n    await rename(temporary, target);',
    replace:
      'await rename(temporary, target);\n    await writeSidecar(target, version, finished.bytes, metadata);\n    transfer.signal?.throwIfAborted();',
    tests: [disk, directory],
  },
  {
    name: 'the old metadata goes before the new file is there',
    file: 'jobs/store/directory/atomic-write.ts',
    find: 'await syncFolder(folder);\n    await removeSidecars(target, version);',
    replace: 'await removeSidecars(target, version);\n    await syncFolder(folder);',
    tests: [disk],
  },
  {
    name: 'a copy that was stopped leaves its part',
    file: 'jobs/store/directory/atomic-write.ts',
    find: 'await rm(temporary, { force: true });\n    if (version',
    replace: 'if (version',
    tests: [directory],
  },
  {
    name: 'a new file gets the metadata of the old one of the same second',
    file: 'jobs/store/directory/atomic-write.ts',
    find: 'while (taken.has(version)) version += 1;',
    replace: '',
    tests: [directory],
  },
  {
    name: 'a file whose bytes are another’s keeps the metadata when it was touched',
    file: 'jobs/store/directory/sidecar.ts',
    find: '.filter(({ metadata }) => metadata[hashName] === sha256)',
    replace: '.filter(() => true)',
    tests: [directory, 'test/backup/changed-files.test.ts'],
  },
  {
    name: 'a key leads out of the folder of the store',
    file: 'jobs/store/keys.ts',
    find: "if (parts.some((part) => part.startsWith('.'))) return 'a part of it begins with a dot';",
    replace: '',
    tests: ['test/store/keys.test.ts'],
  },
  {
    name: 'a file cut short while it is read is taken for whole',
    file: 'jobs/store/directory.ts',
    find: 'if (position === stats.size) return null;',
    replace: 'if (position <= stats.size) return null;',
    tests: [directory],
  },
];

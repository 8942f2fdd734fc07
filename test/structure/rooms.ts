/** The rooms of `jobs` in their order: a room imports only from those before it. What starts the program lies beside them. */
export const rooms = [
  'runtime',
  'settings',
  'store',
  'monitoring',
  'sqlite',
  'archives',
  'backup',
  'restore',
  'summary',
  'demo',
] as const;

/** What the deployment program may take from `jobs`. */
export const roomsOfInfra = ['runtime', 'settings'] as const;

/** The parts of `jobs/restore` in the order of their arrows: a part imports only from those after it. */
export const partsOfRestore = [
  'restore-command',
  'run',
  'state',
  'plan',
  'choice',
  'compare',
  'staging',
  'swap',
  'services',
  'usage',
  'files',
  'options',
] as const;

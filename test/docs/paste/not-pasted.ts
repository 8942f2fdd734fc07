const ci = '.ci/run does this on a clean checkout, with every part';
const account = 'changes a real Linode account';

/** Blocks that no test pastes, by name, each with the reason. */
export const notPasted: Readonly<Record<string, string>> = {
  '.github/CONTRIBUTING.md#set-up': ci,
  'README.md#try-it': ci,
  'test/README.md#the-lab': ci,
  'infra/README.md#deploy': 'asks for the secrets of a real account',
  'infra/README.md#moving-over-from-the-shell-scripts': account,
  'infra/README.md#take-it-away': account,
  'infra/README.md#docker-compose-without-pulumi':
    'test/infra/engine/compose.test.ts does this with the folders of a host',
  'jobs/restore/README.md#the-host-is-gone': 'test/restore/host-gone.test.ts does this with the options of the block',
  'jobs/restore/README.md#the-host-is-gone 2': 'test/restore/host-gone.test.ts does this with the options of the block',
  'jobs/restore/README.md#without-the-checkout':
    'test/restore/docker-image.test.ts does this with the options of the block',
};

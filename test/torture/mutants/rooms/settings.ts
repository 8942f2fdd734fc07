import type { Mutant } from '../mutant.ts';

const settingsTest = 'test/settings/settings.test.ts';

export const settings: readonly Mutant[] = [
  {
    name: 'two databases of one name overwrite each other’s backups',
    file: 'jobs/settings/databases.ts',
    find: 'other.name === name) < index',
    replace: 'other.name === name) > index',
    tests: [settingsTest],
  },
  {
    name: 'S3 without keys is a silent folder or a run that fails at night',
    file: 'jobs/settings/store-location.ts',
    find: 'if (isStoreKnown && values[name] === null && !reported)',
    replace: 'if (isStoreKnown && values[name] === undefined && !reported)',
    tests: [settingsTest],
  },
  {
    name: 'a secret that cannot be used is printed',
    file: 'jobs/settings/problem.ts',
    find: 'row.secret || isAgeSecret(text)',
    replace: 'isAgeSecret(text)',
    tests: [settingsTest],
  },
  {
    name: 'a private age key given as the public one is printed',
    file: 'jobs/settings/problem.ts',
    find: 'row.secret || isAgeSecret(text)',
    replace: 'row.secret',
    tests: [settingsTest],
  },
  {
    name: 'a setting and its _FILE are both given, and one of them wins',
    file: 'jobs/settings/environment.ts',
    find: "if (direct !== null) {\n    problems.push({ name, found: `and ${name}_FILE are both set`, hint: 'keep one of them' });",
    replace: 'if (direct !== null) {',
    tests: [settingsTest],
  },
  {
    name: 'an empty _FILE counts as not given',
    file: 'jobs/settings/environment.ts',
    find: "if (content === '')",
    replace: "if (content === ' ')",
    tests: [settingsTest],
  },
  {
    name: 'only the first bad setting is reported',
    file: 'jobs/settings/problem.ts',
    find: 'const lines = problems.map(',
    replace: 'const lines = problems.slice(0, 1).map(',
    tests: [settingsTest],
  },
  {
    name: 'a cron line that never comes is taken',
    file: 'jobs/settings/rules.ts',
    find: "mode: '5-part' }).nextRun() !== null",
    replace: "mode: '5-part' }).nextRun() !== undefined",
    tests: [settingsTest],
  },
  {
    name: 'an offset is taken for a time zone',
    file: 'jobs/settings/rules.ts',
    find: 'if (/^[+-]/.test(value)) return false;',
    replace: '',
    tests: [settingsTest],
  },
  {
    name: 'a folder that is not a full path is taken for the store',
    file: 'jobs/settings/rules.ts',
    find: '/^file:\\/\\/\\/[^#?',
    replace: '/^file:[^#?',
    tests: [settingsTest],
  },
  {
    name: 'a number over its limit is taken',
    file: 'jobs/settings/rules.ts',
    find: 'z.int().min(least, wanted).max(most, wanted)',
    replace: 'z.int().min(least, wanted)',
    tests: [settingsTest],
  },
  {
    name: 'an age key cut short is taken',
    file: 'jobs/settings/rules.ts',
    find: 'if (wrong < 0) return;',
    replace: 'if (wrong < 1) return;',
    tests: [settingsTest],
  },
  {
    name: 'a signing key of four letters is taken',
    file: 'jobs/settings/rules.ts',
    find: ".min(16, 'a random text",
    replace: ".min(4, 'a random text",
    tests: [settingsTest],
  },
];

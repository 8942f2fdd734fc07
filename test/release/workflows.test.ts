import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

type WorkflowStep = { uses?: string; run?: string };
type Job = { uses?: string; steps?: WorkflowStep[]; permissions?: object; 'timeout-minutes'?: number };
type Workflow = { permissions?: object; jobs: Record<string, Job> };

for (const file of globSync('.github/workflows/*.yml', { cwd: root })) {
  describe(file, () => {
    const text = read(file);
    const workflow = parse(text) as Workflow;
    const jobs = Object.entries(workflow.jobs);
    const steps = jobs.flatMap(([, job]) => job.steps ?? []);

    test('actions of others are pinned by commit, and say which version that is', () => {
      const used = text.match(/uses: .*/g) ?? [];
      const others = used.filter((line) => !line.startsWith('uses: ./'));
      assert.ok(others.length > 0);
      assert.deepEqual(
        others.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
        [],
      );
    });

    test('permissions are named; nothing has those that a repository gives by default', () => {
      assert.ok(workflow.permissions !== undefined);
      assert.doesNotMatch(JSON.stringify(workflow), /write-all|read-all/);
    });

    test('a job that hangs ends', () => {
      assert.deepEqual(
        jobs.filter(([, job]) => job.uses === undefined && job['timeout-minutes'] === undefined),
        [],
      );
    });

    test('nothing that others write (a branch, a title) becomes part of a command', () => {
      assert.deepEqual(
        steps.filter(({ run }) => run?.includes('${{')),
        [],
      );
    });

    test('the files that it runs are there', () => {
      const named = [...JSON.stringify(steps).matchAll(/(?<![\w/])\.(?:ci|github)\/[\w./-]+/g)].map(([name]) => name);
      const called = jobs.flatMap(([, { uses }]) => (uses?.startsWith('./') ? [uses] : []));
      assert.deepEqual(
        [...named, ...called].filter((name) => !existsSync(path.join(root, name))),
        [],
      );
    });
  });
}

test('Dependabot looks into every folder that has a Dockerfile', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: { directories?: string[] }[] };
  const looked = updates.flatMap(({ directories = [] }) => directories);
  const folders = globSync('{infra,jobs,test}/**/Dockerfile', { cwd: root }).map((file) => `/${path.dirname(file)}`);
  assert.deepEqual(looked.toSorted(), folders.toSorted());
});

test('one Node: for who works on it, for the jobs as npm brings it, in the images', () => {
  const { engines, optionalDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const wanted = read('.nvmrc').trim();
  const brought = Object.values(optionalDependencies ?? {}).map((version) => version.split('.')[0]);
  const images = globSync('jobs/*/Dockerfile', { cwd: root }).map((file) => /^FROM node:(\d+)-/m.exec(read(file))?.[1]);
  assert.deepEqual(new Set([...brought, ...images]), new Set([wanted]));
  const oldest = Number(/^>=(\d+)$/.exec(engines?.['node'] ?? '')?.[1]);
  assert.ok(oldest < Number(wanted));
  assert.match(read('.github/workflows/ci.yml'), new RegExp(`node-version: ${oldest}\n`));
});

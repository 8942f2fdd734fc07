import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs } from '../../lab/parts.ts';
import { cutPower } from './power-cuts.ts';
import { powerCutSubjects } from './subjects.ts';

describe('after a power cut', needs('power', 'root'), () => {
  for (const subject of Object.values(powerCutSubjects)) {
    test(`${subject.name}: ${subject.promise}`, async () => {
      const { tried, problems } = await cutPower(subject, { seeds: 1, sample: 8 });
      assert.ok(tried >= 8, `only ${tried} moments`);
      assert.deepEqual(problems, []);
    });
  }
});

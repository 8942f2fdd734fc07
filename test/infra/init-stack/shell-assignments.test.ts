import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAssignments } from '../../../infra/init-stack/shell-assignments.ts';

test('settings of the shell scripts, in every common form', () => {
  const text = `# backups
LINODE_ACCESS_KEY=AKIA123   # from the console
export LINODE_SECRET_KEY='pa$$ w#rd'
SMTP_PASSWORD="quo\\"te \\$5"
SMTP_HOST=smtp.example;
EMPTY=
PASSWORD=a#b
\tINDENTED='x'"y"z

LINODE_REGION="$REGION"
KEY=\`cat key\`
NOW=$(date)
source other.env
TWO=a b
OPEN="never closed`;
  assert.deepEqual(readAssignments(text), [
    { kind: 'assignment', name: 'LINODE_ACCESS_KEY', value: 'AKIA123', line: 2 },
    { kind: 'assignment', name: 'LINODE_SECRET_KEY', value: 'pa$$ w#rd', line: 3 },
    { kind: 'assignment', name: 'SMTP_PASSWORD', value: 'quo"te $5', line: 4 },
    { kind: 'assignment', name: 'SMTP_HOST', value: 'smtp.example', line: 5 },
    { kind: 'assignment', name: 'EMPTY', value: '', line: 6 },
    { kind: 'assignment', name: 'PASSWORD', value: 'a#b', line: 7 },
    { kind: 'assignment', name: 'INDENTED', value: 'xyz', line: 8 },
    { kind: 'unreadable', reason: 'has a part that only a shell can expand ($… or `…`)', line: 10 },
    { kind: 'unreadable', reason: 'has a part that only a shell can expand ($… or `…`)', line: 11 },
    { kind: 'unreadable', reason: 'has a part that only a shell can expand ($… or `…`)', line: 12 },
    { kind: 'unreadable', reason: 'is not a NAME=value line', line: 13 },
    { kind: 'unreadable', reason: 'has text after the value of TWO', line: 14 },
    { kind: 'unreadable', reason: 'has an unclosed quote', line: 15 },
  ]);
});

test('an imported value is the value that sh would assign', () => {
  const character = fc.constantFrom(...'ab1 \t#\'"\\$`;=-.@é\n'.split(''));
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      const text = `VALUE=${characters.join('')}`;
      const [first] = readAssignments(text);
      if (first?.kind !== 'assignment' || readAssignments(text).length !== 1) return;
      const taken = execFileSync('sh', ['-c', `${text}\nprintf '%s|' "$VALUE"`], { encoding: 'utf8', stdio: 'pipe' });
      assert.equal(`${first.value}|`, taken);
    }),
    { numRuns: 400 },
  );
});

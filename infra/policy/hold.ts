import * as pulumi from '@pulumi/pulumi';
import { Failure } from '../../jobs/runtime/errors.ts';
import { type Asked, brokenRules } from './rules.ts';

/** Holds the rules in every preview and `up`, with or without `--policy-pack`: the pack sees late values too. */
export function holdPolicies(): void {
  pulumi.runtime.registerResourceTransform(async ({ type, name, props, opts }) => {
    requireRules({ type, name, inputs: props, protect: 'protect' in opts && opts.protect === true });
    return undefined;
  });
}

export function requireRules(asked: Asked): void {
  const broken = brokenRules(asked);
  if (broken.length === 0) return;
  throw new Failure('POLICY_BROKEN', broken.join('\n'), 'Change the program, not the rule.');
}

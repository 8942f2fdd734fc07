import * as pulumi from '@pulumi/pulumi';
import { Failure } from '../../jobs/runtime/errors.ts';
import { type PolicyResource, violationsOf } from './rules.ts';

/** Checks the rules in every preview and `up`. With `--policy-pack` values are checked as well that only `up` knows. */
export function enforcePolicies(): void {
  pulumi.runtime.registerResourceTransform(async ({ type, name, props, opts }) => {
    requireCompliance({ type, name, inputs: props, protect: 'protect' in opts && opts.protect === true });
    return undefined;
  });
}

/** Throws POLICY_VIOLATION with a sentence for each rule that the resource violates. */
export function requireCompliance(resource: PolicyResource): void {
  const violations = violationsOf(resource);
  if (violations.length === 0) return;
  throw new Failure('POLICY_VIOLATION', violations.join('\n'), 'Change the program, not the rule.');
}

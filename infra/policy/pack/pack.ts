import { PolicyPack } from '@pulumi/policy';
import { policyRules } from '../rules.ts';

/** The rules as a policy pack: `pulumi up --policy-pack infra/policy/pack`. */
export const pack = new PolicyPack('nightshift', {
  policies: policyRules.map(({ name, description, violation }) => ({
    name,
    description,
    enforcementLevel: 'mandatory',
    validateResource: ({ type, name: resource, props, opts }, reportViolation) => {
      const found = violation({ type, name: resource, inputs: props, protect: opts.protect });
      if (found !== null) reportViolation(`${resource}: ${found}.`);
    },
  })),
});

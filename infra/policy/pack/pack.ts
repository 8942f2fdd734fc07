import { PolicyPack } from '@pulumi/policy';
import { rules } from '../rules.ts';

/** The rules as a policy pack: `pulumi up --policy-pack infra/policy/pack`. */
export const pack = new PolicyPack('nightshift', {
  policies: rules.map(({ name, description, broken }) => ({
    name,
    description,
    enforcementLevel: 'mandatory',
    validateResource: ({ type, name: resource, props, opts }, reportViolation) => {
      const why = broken({ type, name: resource, inputs: props, protect: opts.protect });
      if (why !== null) reportViolation(`${resource}: ${why}.`);
    },
  })),
});

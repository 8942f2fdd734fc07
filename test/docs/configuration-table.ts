import { type Variable, variables } from '../../jobs/settings/variables.ts';

/** The README's table of settings, made from the one place that defines them. */
export function configurationTable(): string {
  const rows = Object.entries(variables).map(([name, variable]) => {
    const { default: fallback, meaning, secret }: Variable<unknown> = variable;
    return `| \`${name}\` | ${fallback === null ? '' : `\`${fallback}\``} | ${meaning}${secret ? ' (secret)' : ''} |`;
  });
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

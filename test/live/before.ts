/** What a live run is going to make, and what Linode's list prices say of it (US dollars, as published in 2025). */
const costs = [
  ['a Nanode 1 GB, by the hour', 0.0075],
  ['a volume of 10 GB, by the hour', 0.0015],
  ['Object Storage, by the hour, unless the account pays for it already', 0.0075],
] as const;

/** What the person reads before the question. `name` begins the name of everything that is made. */
export function notice(name: string, region: string): string {
  const lines = costs.map(([what, dollars]) => `  US$ ${dollars.toFixed(4)}  ${what}`);
  return `This makes real things in your Linode account, in region ${region}, all named ${name}:
${lines.join('\n')}
A run takes about half an hour; by list prices (check yours) that is less than US$ 0.05. All of it is removed at the end,
also when a step fails. Object Storage itself goes on costing US$ 5 a month until you cancel it under Account settings.
`;
}

/** Why a live run cannot begin, each with its hint; empty when it can. */
export function hindrances(environment: Readonly<Record<string, string | undefined>>, interactive: boolean): string[] {
  const needed = [
    ['LINODE_TOKEN', 'a token that may do everything: cloud.linode.com/profile/tokens'],
    ['LIVE_SSH_KEY', 'path of a private key whose .pub lies beside it; the new host will accept it'],
  ] as const;
  const absent = needed.filter(([name]) => !environment[name]).map(([name, what]) => `${name} is not set: ${what}`);
  return interactive ? absent : [...absent, 'no terminal to ask at: run it by hand, it costs money'];
}

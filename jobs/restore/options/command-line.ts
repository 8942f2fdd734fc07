import type { CliOptions } from './cli-options.ts';

/** What was typed after `nightshift`, word by word, for sentences that advise to run it elsewhere. */
export function commandLineOf(typed: CliOptions): string[] {
  const given = (flag: string, value: string | true | undefined) =>
    value === undefined ? [] : value === true ? [flag] : [flag, value];
  const { file, folder, owner, mode } = typed;
  const seconds = typed.healthTimeout === undefined ? undefined : String(typed.healthTimeout);
  return [
    'restore',
    ...[file, folder].filter((word) => word !== undefined),
    ...given('--at', typed.at),
    ...given('--undo', typed.undo),
    ...given('--safety-copies', typed.safetyCopies),
    ...given('--remove', typed.remove),
    ...given('--state', typed.state),
    ...given('--replace-state', typed.replaceState),
    ...given('--to', typed.to),
    ...given('--compare', typed.compare),
    ...given('--compare-limit', typed.compareLimit?.toString()),
    ...given('--database', typed.database),
    ...given('--identity', typed.identity),
    ...given('--dry-run', typed.dryRun),
    ...given('--yes', typed.yes),
    ...given('--ignore-open-files', typed.ignoreOpenFiles),
    ...given('--allow-unseen', typed.allowUnseen),
    ...given('--allow-lost-file', typed.allowLostFile),
    ...given('--allow-other-database', typed.allowOtherDatabase),
    ...given('--allow-empty', typed.allowEmpty),
    ...given('--allow-damaged-copy', typed.allowDamagedCopy),
    ...given('--allow-missing-services', typed.allowMissingServices),
    ...(typed.docker ? [] : ['--no-docker']),
    ...(typed.healthRollback ? [] : ['--no-health-rollback']),
    ...(typed.undoRoom === false ? ['--no-undo-room'] : []),
    ...given('--leave-off', typed.leaveOff),
    ...given('--health-timeout', seconds),
    ...given('--owner', owner && `${owner.uid}:${owner.gid}`),
    ...given('--mode', mode?.toString(8)),
    ...given('--keep-owner', typed.keepOwner),
  ];
}

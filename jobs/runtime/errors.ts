/**
 * Everything that can go wrong, by code. The exit code says what kind of problem it is:
 * 1 the run failed, 2 the settings or arguments are wrong, 3 another process holds the lock, 4 stopped on request.
 */
const exitCodes = {
  SETTINGS_INVALID: 2,
  ARGUMENT_INVALID: 2,
  REPORT_INVALID: 2,

  DATABASE_MISSING: 1,
  DATABASE_EMPTY: 1,
  DATABASE_NOT_A_FILE: 1,
  DATABASE_UNREADABLE: 1,
  DATABASE_NOT_SQLITE: 1,
  DATABASE_CORRUPT: 1,
  DATABASE_LOCKED: 1,
  DATABASE_READ_ONLY_MOUNT: 1,
  DATABASE_SHM_UNWRITABLE: 1,
  DATABASE_MOUNTED_ALONE: 1,
  INTEGRITY_CHECK_DIED: 1,

  STAGING_UNWRITABLE: 1,
  STATE_UNWRITABLE: 1,
  DISK_FULL: 1,

  STORE_UNREACHABLE: 1,
  STORE_TLS: 1,
  STORE_KEY_UNKNOWN: 1,
  STORE_SECRET_WRONG: 1,
  STORE_DENIED: 1,
  STORE_BUCKET_MISSING: 1,
  STORE_WRONG_REGION: 1,
  STORE_CLOCK_SKEW: 1,
  STORE_BUSY: 1,
  STORE_FULL: 1,
  STORE_UNSUPPORTED: 1,
  STORE_LISTING_BROKEN: 1,
  STORE_NAME_UNREADABLE: 1,
  STORE_NOT_MOUNTED: 1,
  STORE_SHARED: 1,
  STORE_FAILED: 1,
  OBJECT_MISSING: 1,

  ARCHIVE_UNREADABLE: 1,
  ARCHIVE_IDENTITY_MISSING: 1,
  ARCHIVE_IDENTITY_WRONG: 1,
  IDENTITY_UNUSABLE: 2,
  RECIPIENT_UNUSABLE: 2,
  READ_BACK_DIFFERS: 1,

  MAIL_UNREACHABLE: 1,
  MAIL_TLS: 1,
  MAIL_LOGIN: 1,
  MAIL_NOT_ALLOWED: 1,
  MAIL_REJECTED: 1,
  MAIL_DEFERRED: 1,
  MAIL_UNCERTAIN: 1,
  MAIL_FAILED: 1,
  WEBHOOK_UNREACHABLE: 1,
  WEBHOOK_REFUSED: 1,
  WEBHOOK_UNCERTAIN: 1,
  HTTP_PORT_UNUSABLE: 2,
  CHART_FONT_MISSING: 1,
  OUTBOX_UNWRITABLE: 1,
  LEDGER_DAMAGED: 1,
  SUMMARY_NOT_SENT: 1,
  SUMMARY_FILE_EXISTS: 2,

  BACKUP_WRONG: 1,
  BACKUP_EMPTY: 1,
  DATABASE_DIFFERENT: 1,
  DATABASE_IN_USE: 1,
  DATABASE_USE_UNSEEN: 1,
  DATABASE_LOST_OPEN: 1,
  DATABASE_UNMOVABLE: 1,
  DOCKER_UNREACHABLE: 1,
  DOCKER_FAILED: 1,
  SERVICE_UNSTOPPABLE: 1,
  SAFETY_COPY_MISSING: 1,
  STATE_NOT_EMPTY: 1,
  RESTORE_DECLINED: 4,
  RESTORE_ROLLED_BACK: 1,
  RESTORE_UNHEALTHY: 1,
  RESTORE_UNFINISHED: 1,
  RESTORE_RESUMED: 1,
  RUN_CRASHED: 1,
  PULUMI_MISSING: 1,
  PULUMI_FAILED: 1,
  SUSPECT_WAITS: 1,
  IMAGE_NOT_COMPILED: 1,
  POLICY_VIOLATION: 2,
  HISTORY_MISSING: 1,
  HISTORY_DAMAGED: 1,
  HISTORY_UNREADABLE: 1,
  BACKUP_STALE: 1,
  BACKUP_PROBLEMS: 1,
  ALERT_UNDELIVERED: 1,
  ALERT_NO_CHANNEL: 1,
  CHECK_FAILED: 1,
  OUTPUT_LOST: 1,
  LOCKED: 3,
  INTERRUPTED: 4,
  UNEXPECTED: 1,
} as const;

export type FailureCode = keyof typeof exitCodes;

/** Every code; the runbook names each. */
export const failureCodes = Object.keys(exitCodes) as readonly FailureCode[];

/** An error a person can act on: a code to search for, a message that says what was found, a hint that says what to do. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly hint: string;

  constructor(code: FailureCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.code = code;
    this.hint = hint;
  }
}

/** Process exit code for an error; anything that is not a `Failure` counts as unexpected. */
export function exitCodeOf(error: unknown): number {
  return error instanceof Failure ? exitCodes[error.code] : exitCodes.UNEXPECTED;
}

/** `error` itself when it is a Failure, else an UNEXPECTED one that keeps it as its cause. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof Error && error.name === 'AbortError') return interruptedFailure(error);
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    'UNEXPECTED',
    `Unexpected error: ${message}`,
    'Run it again; if it persists, report this text with the lines before it.',
    error,
  );
}

export function interruptedFailure(cause?: unknown): Failure {
  return new Failure(
    'INTERRUPTED',
    'Stopped on request before it was done.',
    'Run it again if you want it done; a service runs again at its next start.',
    cause,
  );
}

/** What an error of any kind says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether SQLite reports that a file is damaged, or not a database. */
export function isDamagedDatabase(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(systemCodeOf(error) ?? '');
}

/** Node's `code` of a system error (`ENOSPC`, `EACCES`, …), or null. Looks through `cause`. */
export function systemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? null : systemCodeOf(error.cause);
}

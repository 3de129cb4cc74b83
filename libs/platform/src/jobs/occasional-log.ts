// Logs a repeated failure at intervals.

export interface OccasionalLogOptions {
  log: (facts: { err: Error; again?: number }) => void;
  /** The minimum interval. */
  everyMs?: number;
}

const HALF_A_MINUTE_MS = 30_000;

export class OccasionalLog {
  private readonly told = new Map<string, { at: number; again: number }>();

  constructor(private readonly options: OccasionalLogOptions) {}

  /** @param now in milliseconds. */
  report(error: unknown, now = Date.now()): void {
    const { everyMs = HALF_A_MINUTE_MS, log } = this.options;
    const what = kindOf(error);
    const last = this.told.get(what);
    if (last && now - last.at < everyMs) {
      last.again += 1;
      return;
    }
    this.forgetOld(now - everyMs);
    this.told.set(what, { at: now, again: 0 });
    log({ err: plain(error), ...(last && last.again > 0 ? { again: last.again } : {}) });
  }

  private forgetOld(before: number): void {
    for (const [what, { at }] of this.told) if (at < before) this.told.delete(what);
  }
}

/** Errors of Redis contain their command, which may include the password. */
function plain(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(typeof error);
  const { name, message, stack, code } = error as NodeJS.ErrnoException;
  return Object.assign(new Error(message), { name, stack, ...(code === undefined ? {} : { code }) });
}

/** Ignores ids in messages, so that repeated failures are recognised. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return `${error.name} ${error.message}`.replaceAll(/[0-9a-f-]{8,}|\d+/gi, '#').slice(0, 200);
}

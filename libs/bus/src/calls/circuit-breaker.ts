// A route whose handlers do not answer is left alone for a while: callers get `unavailable` at once instead of waiting for
// one timeout after the other. One call at a time then tries whether it works again.

const FAILURES = 5;
const OPEN_MS = 1_000;

export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;
  private probing = false;

  /** @returns whether the call may go; it must be followed by `succeeded` or `failed`. */
  allows(): boolean {
    if (this.failures < FAILURES) return true;
    if (performance.now() < this.openUntil || this.probing) return false;
    this.probing = true;
    return true;
  }

  get isOpen(): boolean {
    return this.failures >= FAILURES;
  }

  /** Seconds after which another call has a chance. */
  get retryAfterSeconds(): number {
    return Math.max(0.1, (this.openUntil - performance.now()) / 1_000);
  }

  succeeded(): void {
    this.failures = 0;
    this.probing = false;
  }

  /** Cancelled by the caller: no evidence either way. */
  abandoned(): void {
    this.probing = false;
  }

  failed(): void {
    this.probing = false;
    this.failures += 1;
    if (this.failures >= FAILURES) this.openUntil = performance.now() + OPEN_MS;
  }
}

// Checks limits periodically, and logs each change of state once.
import { Periodic } from '../host/periodic.js';
import type { Logger } from '../logging/logger.js';
import type { Problem } from './health.js';

export interface HealthCheck {
  /** The component of readiness. */
  component: string;
  look(): Promise<Problem | undefined>;
}

const INTERVAL_MS = 5_000;

export class HealthWatch {
  private readonly problems = new Map<HealthCheck, Problem>();
  private readonly unanswered = new Set<HealthCheck>();
  private readonly periodic: Periodic;

  constructor(
    private readonly checks: readonly HealthCheck[],
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
    intervalMs = INTERVAL_MS,
  ) {
    const onError = (error: unknown): void => logger.warn({ err: error }, 'Failed to check health');
    this.periodic = new Periodic(() => this.lookAtAll(), { intervalMs, atOnce: true, onError });
  }

  start(): void {
    this.periodic.start();
  }

  stop(): Promise<void> {
    return this.periodic.stop();
  }

  /** The first problem of the component. */
  problemOf(component: string): Problem | undefined {
    for (const [check, problem] of this.problems) if (check.component === component) return problem;
    return undefined;
  }

  private async lookAtAll(): Promise<void> {
    await Promise.all(this.checks.map((check) => this.lookAt(check)));
  }

  private async lookAt(check: HealthCheck): Promise<void> {
    const { component } = check;
    let found: Problem | undefined;
    try {
      found = await check.look();
      this.unanswered.delete(check);
    } catch (error) {
      // The checked system is unavailable, which is the state of another component: the last known state is kept.
      if (!this.unanswered.has(check)) this.logger.warn({ err: error, component }, 'Failed to check health');
      this.unanswered.add(check);
      return;
    }
    const before = this.problems.get(check);
    if (found) this.problems.set(check, found);
    else this.problems.delete(check);
    if (found && found.code !== before?.code) this.logger.warn({ component, ...found }, 'Component degraded');
    if (!found && before) this.logger.info({ component, code: before.code }, 'Component recovered');
  }
}

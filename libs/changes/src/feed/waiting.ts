// Callers that wait for changes: bounded per credential and node, woken by signals, and sent home when the node stops.
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DomainError } from '@mono/contract';
import type { ConfigOf } from '@mono/platform';
import { changesConfig } from '../changes.config.js';
import { AppendedSignal } from './appended.signal.js';

/** A gateway to NATS handles 256 calls at once, those that wait included. */
const MAX_WAITING_OVER_NATS = 128;
const RETRY_AFTER_SECONDS = 5;

export interface Waiter {
  principalId: string;
  overNats: boolean;
  /** Whether it waits for a client to which its node pushes, and limits the number of. */
  isPushed?: boolean;
  workspaceId: string;
}

/** One caller's. It remembers a signal that comes before the caller sleeps. */
export class Alarm {
  constructor(readonly principalId: string) {}

  /** Whether the rights of the caller may have changed since it entered. */
  isOutdated = false;
  private rung = false;
  private wakeUp: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wakeUp?.();
  }

  outdate(): void {
    this.isOutdated = true;
    this.ring();
  }

  /** Resolves with the next signal since the last call, after `ms`, or when the caller aborts. */
  async sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (!this.rung && ms > 0 && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
        signal?.addEventListener('abort', this.wakeUp, { once: true });
      });
      if (this.wakeUp) signal?.removeEventListener('abort', this.wakeUp);
      this.wakeUp = undefined;
    }
    this.rung = false;
  }
}

@Injectable()
export class Waiting implements OnModuleDestroy {
  stopped = false;
  private readonly alarms = new Map<string, Set<Alarm>>();
  private readonly perCredential = new Map<string, number>();
  private total = 0;
  private overNats = 0;

  constructor(
    @Inject(changesConfig.KEY) private readonly config: ConfigOf<typeof changesConfig>,
    signal: AppendedSignal,
  ) {
    signal.onAppended((workspaceIds) => {
      if (workspaceIds) this.wake(workspaceIds);
      else this.wakeAll();
    });
  }

  get count(): number {
    return this.total;
  }

  /** Before the bus waits for the calls in flight. */
  onModuleDestroy(): void {
    this.stopped = true;
    this.wakeAll();
  }

  wake(workspaceIds: readonly string[]): void {
    for (const id of workspaceIds) for (const alarm of this.alarms.get(id) ?? []) alarm.ring();
  }

  wakeAll(): void {
    for (const alarms of this.alarms.values()) for (const alarm of alarms) alarm.ring();
  }

  /** Ends the waits in the workspace, whose callers may have other rights now. */
  outdateIn(workspaceId: string): void {
    for (const alarm of this.alarms.get(workspaceId) ?? []) alarm.outdate();
  }

  /** Ends the waits of a user or a key that may have other rights now. */
  outdateOf(principalId: string): void {
    for (const alarms of this.alarms.values())
      for (const alarm of alarms) if (alarm.principalId === principalId) alarm.outdate();
  }

  /** @throws DomainError `rate_limited` for one too many. */
  async enter<T>(waiter: Waiter, work: (alarm: Alarm) => Promise<T>): Promise<T> {
    const { principalId, workspaceId, isPushed } = waiter;
    const leave = isPushed ? undefined : this.take(waiter);
    const alarm = new Alarm(principalId);
    const alarms = this.alarms.get(workspaceId) ?? new Set();
    this.alarms.set(workspaceId, alarms.add(alarm));
    try {
      return await work(alarm);
    } finally {
      alarms.delete(alarm);
      if (alarms.size === 0) this.alarms.delete(workspaceId);
      leave?.();
    }
  }

  /** @returns what undoes it. @throws DomainError `rate_limited`. */
  private take({ principalId, overNats }: Waiter): () => void {
    const own = this.perCredential.get(principalId) ?? 0;
    this.requireRoom(own, overNats);
    this.perCredential.set(principalId, own + 1);
    this.total += 1;
    if (overNats) this.overNats += 1;
    return () => {
      const left = (this.perCredential.get(principalId) ?? 1) - 1;
      if (left === 0) this.perCredential.delete(principalId);
      else this.perCredential.set(principalId, left);
      this.total -= 1;
      if (overNats) this.overNats -= 1;
    };
  }

  private requireRoom(own: number, overNats: boolean): void {
    const { CHANGES_MAX_WAITING: most, CHANGES_MAX_WAITING_PER_CREDENTIAL: mostOfOne } = this.config;
    const isFull = this.total >= most || (overNats && this.overNats >= MAX_WAITING_OVER_NATS);
    if (own < mostOfOne && !isFull) return;
    const whose = own >= mostOfOne ? 'of this credential' : 'of this node';
    throw new DomainError(
      'rate_limited',
      'rate_limited',
      `Too many calls ${whose} wait for changes. Let one of them end first, or call without "wait".`,
      { retry_after: RETRY_AFTER_SECONDS },
    );
  }
}

// Decides the fate of each delivered message: acknowledge, retry after a pause that grows, or dead letter.
//
// The server counts deliveries, so a handler that kills its process counts, too: a delivery beyond the limit becomes a dead
// letter before it is handled. Deliveries that fail because something is unavailable are no attempts. See
// decisions/0004-unavailable-is-no-attempt.md.
import type { JsMsg } from '@nats-io/jetstream';
import type { BusErrorCode } from '../calls/bus-error.js';
import type { DeadLetterWriter } from './dead-letter-writer.js';
import { letterKey, type DeliveredMessage, type Failure } from './delivered-message.js';
import { retryDelayMs, type DurableSettings } from './durable-options.js';
import type { Excuses } from './excuses.js';
import type { HandlerRunner } from './handler-runner.js';
import type { ModuleGate } from './module-gate.js';

/** If returned without a pause, the server may deliver the first one to a pull that has ended. */
const RETURN_MS = 100;
/** Something that is unavailable so often, up to five minutes each time, is no outage. */
const MAX_EXCUSED = 500;
const MAX_REMEMBERED = 10_000;
/** Codes of failures that are not the message's fault. */
const UNAVAILABLE: ReadonlySet<string> = new Set<BusErrorCode>(['unavailable', 'queue_full']);
const DEADLINE_EXCEEDED = 'deadline_exceeded' satisfies BusErrorCode;

const NEVER_SETTLED: Failure = {
  code: 'never_settled',
  message: 'Every delivery ended without an answer: the handler, or its process, died or hung.',
};

export interface SettlementParts {
  settings: DurableSettings;
  runner: HandlerRunner;
  letters: DeadLetterWriter;
  excuses: Excuses;
  gate: ModuleGate | undefined;
  /** Resolves when nothing arrives any more on a consumer that rests. */
  rested(): Promise<void>;
}

export class Settlement {
  retried = 0;
  private readonly lastFailures = new Map<string, Failure>();

  constructor(private readonly parts: SettlementParts) {}

  async settle(delivered: DeliveredMessage): Promise<void> {
    const { message } = delivered;
    const { runner, letters, excuses, gate, settings } = this.parts;
    const { attempts, backoffMs } = settings;
    const attempt = await this.attemptOf(message);
    if (attempt > attempts) {
      const last = this.lastFailures.get(letterKey(message, settings.consumer));
      await this.moveToDeadLetters(delivered, last ?? NEVER_SETTLED, attempt - 1);
      return;
    }
    const failure = await runner.run(delivered, attempt);
    if (!failure) {
      if (this.lastFailures.size > 0) this.lastFailures.delete(letterKey(message, settings.consumer));
      if (message.redelivered) excuses.forget(message);
      await letters.settleRetried(delivered);
      message.ack();
      return;
    }
    this.remember(letterKey(message, settings.consumer), failure);
    const excused = failure.final ? undefined : await this.excuse(message, failure);
    if (excused !== undefined) {
      await this.parts.rested();
      message.nak(gate?.isOpen === false ? RETURN_MS : retryDelayMs(backoffMs, excused));
      return;
    }
    if (failure.final || attempt >= attempts) {
      await this.moveToDeadLetters(delivered, failure, attempt);
      return;
    }
    this.retried += 1;
    message.nak(retryDelayMs(backoffMs, attempt));
  }

  /** For a message that was not handled here: no attempt. Its first delivery needs no record. */
  giveBack(message: JsMsg): void {
    if (message.redelivered) void this.parts.excuses.add(message);
    message.nak(RETURN_MS);
  }

  private async moveToDeadLetters(delivered: DeliveredMessage, failure: Failure, attempts: number): Promise<void> {
    const { message } = delivered;
    const { letters, excuses, settings } = this.parts;
    if (!(await letters.write(delivered, failure, attempts))) return;
    this.lastFailures.delete(letterKey(message, settings.consumer));
    if (message.redelivered) excuses.forget(message);
    message.term();
  }

  /** The server's count without excused deliveries; these are requested only where they decide. */
  private async attemptOf(message: JsMsg): Promise<number> {
    const { deliveryCount } = message.info;
    const { excuses, settings } = this.parts;
    const excused = deliveryCount < settings.attempts ? excuses.knownOf(message) : await excuses.of(message);
    return Math.max(1, deliveryCount - excused);
  }

  /** @returns how often it has been excused; undefined if the failure is the message's own. */
  private async excuse(message: JsMsg, { code }: Failure): Promise<number | undefined> {
    const { gate, excuses } = this.parts;
    const unavailable = UNAVAILABLE.has(code);
    if (!unavailable && code !== DEADLINE_EXCEEDED) return undefined;
    const open = (await gate?.check()) ?? true;
    // A handler that hangs is excused only if the module's needs are out of reach.
    if (!unavailable && open) return undefined;
    const excused = await excuses.add(message);
    return excused > MAX_EXCUSED ? undefined : excused;
  }

  private remember(key: string, failure: Failure): void {
    if (this.lastFailures.size >= MAX_REMEMBERED) this.lastFailures.clear();
    this.lastFailures.set(key, failure);
  }
}

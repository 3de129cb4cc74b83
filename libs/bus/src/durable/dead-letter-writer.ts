import type { BusHost } from '../bus-host.js';
import { RETRIED_KEY, retrySubject, type DeadLetterSink } from './dead-letter.js';
import { letterKey, type DeliveredMessage, type Failure } from './delivered-message.js';
import type { DurableSettings } from './durable-options.js';

const RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;

/** Moves messages of a consumer to the dead letters, and reports successful retries to the sink. */
export class DeadLetterWriter {
  written = 0;

  constructor(
    private readonly host: BusHost,
    private readonly sink: DeadLetterSink | undefined,
    private readonly settings: DurableSettings,
  ) {}

  /** Ends the message once its letter is stored; otherwise it is redelivered. @returns whether it is stored. */
  async write({ message, headers, subject }: DeliveredMessage, failure: Failure, attempts: number): Promise<boolean> {
    const { consumer, module } = this.settings;
    const { final: _final, ...error } = failure;
    const facts = { consumer, subject, sequence: message.seq, attempts };
    try {
      if (!this.sink) throw new Error('No dead-letter sink is configured.');
      await this.sink.store({
        key: letterKey(message, consumer),
        source: 'message',
        module,
        consumer,
        subject,
        stream: message.info.stream,
        streamSeq: message.seq,
        payload: message.data,
        headers: Object.fromEntries(headers.entries()),
        error,
        attempts,
        failedAt: new Date(),
        retrySubject: retrySubject(consumer),
      });
    } catch (cause) {
      this.host.logger.error(
        { err: cause, ...facts },
        'Failed to store a dead letter; its message stays in the stream',
      );
      message.nak(Math.min(RETRY_MS * 2 ** Math.max(0, attempts - this.settings.attempts), MAX_RETRY_MS));
      return false;
    }
    this.written += 1;
    this.host.logger.error(facts, 'Message moved to dead letters');
    return true;
  }

  /** If this fails, the retry looks lost and is repeated, which has no effect. */
  async settleRetried({ headers }: DeliveredMessage): Promise<void> {
    const key = headers.get(RETRIED_KEY);
    if (key === undefined) return;
    try {
      await this.sink?.settled?.(key);
    } catch (error) {
      const { consumer } = this.settings;
      this.host.logger.warn({ err: error, consumer }, 'Failed to mark a retried dead letter as settled');
    }
  }
}

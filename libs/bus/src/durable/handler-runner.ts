import type { BusHost } from '../bus-host.js';
import { BusContext } from '../calls/bus-context.js';
import { busError, wireErrorOf } from '../calls/bus-error.js';
import type { Handler } from '../calls/handler.js';
import { HandlerStats } from '../calls/handler-stats.js';
import { HEADER } from '../calls/headers.js';
import { compose, surround, type Within } from '../middleware.js';
import type { DeliveredMessage, Failure } from './delivered-message.js';
import type { DurableSettings } from './durable-options.js';
import type { MessageSource } from './message-source.js';

/** Runs the handler of a durable consumer once, within middleware and a deadline. */
export class HandlerRunner {
  readonly stats = new HandlerStats();
  private readonly begin: ReturnType<typeof compose<'eventIn'>>;
  private readonly within: Within | undefined;

  constructor(
    private readonly host: BusHost,
    private readonly source: MessageSource,
    private readonly handler: Handler,
    private readonly settings: DurableSettings,
  ) {
    this.begin = compose(host.middleware, 'eventIn');
    this.within = surround(host.middleware);
  }

  /** @returns why it failed; undefined on success. */
  async run(delivered: DeliveredMessage, attempt: number): Promise<Failure | undefined> {
    const { message, headers, subject, contract, body } = delivered;
    const { consumer, timeoutMs, isFinal } = this.settings;
    const context = new BusContext({
      contract,
      subject,
      headers,
      requestId: headers.get(HEADER.requestId),
      deadline: performance.now() + timeoutMs,
      delivery: { attempt, stream: message.info.stream, sequence: message.seq, consumer },
    });
    this.host.inFlight.add(context);
    const began = performance.now();
    let ended: ReturnType<NonNullable<typeof this.begin>>;
    let failure: Failure | undefined;
    let caught: Error | undefined;
    try {
      if (!body.ok) throw busError('invalid_json', 'The message is not JSON.');
      const input = this.source.read(contract, body.value, this.host.reader);
      ended = this.begin?.(context);
      const handle = (): Promise<unknown> => this.handler(input, context);
      await withDeadline(this.within ? this.within(context, handle) : handle(), context);
    } catch (error) {
      const { code } = wireErrorOf(this.host.errors, error);
      caught = error instanceof Error ? error : new Error(String(error));
      const stack = caught.stack === undefined ? {} : { stack: caught.stack };
      failure = { code, message: caught.message, ...stack, final: isFinal?.(error) ?? false };
      this.host.logger.warn(
        { err: error, consumer, subject, sequence: message.seq, attempt, request_id: context.requestId },
        'A message handler failed',
      );
    } finally {
      const ms = performance.now() - began;
      this.stats.count(ms, failure && { status: 500, ...failure });
      ended?.(caught, ms);
      this.host.inFlight.remove(context);
    }
    return failure;
  }
}

/** Does not wait for a handler that ignores its signal. */
function withDeadline(work: Promise<unknown>, context: BusContext): Promise<unknown> {
  return new Promise((resolve, reject) => {
    context.onAbort = reject;
    work.then(resolve, reject);
  });
}

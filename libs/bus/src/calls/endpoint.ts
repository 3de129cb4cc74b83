// One handler of requests or work on this node: both routes, over NATS and in this process, come through here, so that
// validation, deadline, limits, middleware and errors are the same.
import type { RequestContract, WorkContract } from '../contracts/contract.js';
import type { BusHost } from '../bus-host.js';
import { compose, surround, type Within } from '../middleware.js';
import type { BusContext } from './bus-context.js';
import { busError, wireErrorOf, type WireError } from './bus-error.js';
import type { Handler } from './handler.js';
import { HandlerStats } from './handler-stats.js';
import { Slots } from './slots.js';

export class Endpoint {
  readonly stats = new HandlerStats();
  readonly slots: Slots;
  private readonly begin: ReturnType<typeof compose<'requestIn'>>;
  private readonly within: Within | undefined;

  constructor(
    readonly contract: RequestContract | WorkContract,
    private readonly handler: Handler,
    private readonly host: BusHost,
  ) {
    this.slots = new Slots(contract);
    this.begin = compose(host.middleware, 'requestIn');
    this.within = surround(host.middleware);
  }

  /** Whether the caller may call at all. */
  admit(context: BusContext): void {
    const { contract } = this;
    if (contract.kind === 'request' && contract.internal && context.principal?.kind !== 'module') {
      throw busError('forbidden', 'Only modules may call this.');
    }
  }

  /**
   * @param onTaken called when the handler is about to run: it has a slot, and the body is valid.
   * @returns what the handler returned. @throws what a caller may see: errors of the code itself are logged
   * and come out as `internal_error`. `expired` is thrown to nobody's sight: that caller has gone.
   */
  async run(body: unknown, context: BusContext, onTaken?: () => void): Promise<unknown> {
    this.host.inFlight.add(context);
    const taken = this.slots.tryTake() ? 'taken' : await this.slots.take(context.deadline);
    const began = performance.now();
    if (taken !== 'taken' || context.deadline <= began) {
      this.host.inFlight.remove(context);
      if (taken === 'taken') this.slots.give();
      throw this.host.errors.fromWire(taken === 'full' ? FULL : EXPIRED);
    }
    let ended: ReturnType<NonNullable<typeof this.begin>>;
    let failure: WireError | undefined;
    let seen: Error | undefined;
    try {
      this.admit(context);
      const input = this.read(body);
      ended = this.begin?.(context);
      onTaken?.();
      return await (this.within
        ? this.within(context, () => this.handler(input, context))
        : this.handler(input, context));
    } catch (error) {
      failure = wireErrorOf(this.host.errors, error);
      seen = this.host.errors.fromWire(failure);
      if (failure.status >= 500 && failure.code === 'internal_error') {
        this.host.report(error, this.contract, context);
        Object.defineProperty(seen, 'cause', { value: error, enumerable: false, configurable: true });
      }
      throw seen;
    } finally {
      const ms = performance.now() - began;
      this.stats.count(ms, failure);
      ended?.(seen, ms);
      this.host.inFlight.remove(context);
      this.slots.give();
    }
  }

  private read(body: unknown): unknown {
    const type = this.contract.kind === 'request' ? this.contract.request : this.contract.work;
    return type === undefined ? undefined : this.host.reader.read(type, body ?? {}, 'body');
  }
}

const FULL = busError('queue_full', 'The handler is at capacity; try again later.');
const EXPIRED = busError('deadline_exceeded', 'The deadline passed before the handler could start.');

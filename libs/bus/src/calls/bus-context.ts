// What a handler knows of the call or message that it handles, beside its body.
import type { Contract } from '../contracts/contract.js';
import { NO_HEADERS, type IncomingHeaders } from './headers.js';
import type { Principal } from './principal-seal.js';

export interface Delivery {
  /** From 1. */
  attempt: number;
  /** Of the message in its stream. */
  stream: string;
  sequence: number;
  /** The durable consumer. */
  consumer: string;
}

export interface BusContextParts {
  contract: Contract;
  /** By the monotonic clock (performance.now()), in milliseconds. */
  deadline: number;
  subject?: string;
  headers?: IncomingHeaders | undefined;
  principal?: Principal | undefined;
  requestId?: string | undefined;
  signal?: AbortSignal | undefined;
  local?: boolean;
  delivery?: Delivery;
}

export class BusContext {
  readonly contract: Contract;
  /** The subject of the message; that of the contract unless the contract has a wildcard. */
  readonly subject: string;
  readonly headers: IncomingHeaders;
  /** Who calls; undefined where nobody said, as with events. */
  readonly principal: Principal | undefined;
  readonly requestId: string | undefined;
  readonly deadline: number;
  /** Whether the caller is in this process. */
  readonly local: boolean;
  /** With messages of a stream. */
  readonly delivery: Delivery | undefined;
  /** A caller in this process, who is not to wait for a handler that does not heed its signal. */
  onAbort: ((reason: Error) => void) | undefined;
  private replyHeaders: Map<string, string> | undefined;
  private readonly callerSignal: AbortSignal | undefined;
  private controller: AbortController | undefined;

  constructor(parts: BusContextParts) {
    this.contract = parts.contract;
    this.subject = parts.subject ?? parts.contract.subject;
    this.headers = parts.headers ?? NO_HEADERS;
    this.principal = parts.principal;
    this.requestId = parts.requestId;
    this.deadline = parts.deadline;
    this.local = parts.local ?? false;
    this.delivery = parts.delivery;
    this.callerSignal = parts.signal;
  }

  /** Of the caller's time, in milliseconds; negative when it is over. */
  get remainingMs(): number {
    return this.deadline - performance.now();
  }

  /** Aborts when the caller's time is over, the caller has given up, or the node stops. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      const { callerSignal: caller, controller } = this;
      if (caller?.aborted) controller.abort(caller.reason);
      else caller?.addEventListener('abort', () => controller.abort(caller.reason), { once: true });
    }
    return this.controller.signal;
  }

  abort(reason: Error): void {
    this.controller?.abort(reason);
    this.onAbort?.(reason);
  }

  setReplyHeader(name: string, value: string): void {
    this.replyHeaders ??= new Map();
    this.replyHeaders.set(name, value);
  }

  get headersOfReply(): ReadonlyMap<string, string> | undefined {
    return this.replyHeaders;
  }
}

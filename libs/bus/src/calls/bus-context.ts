// The context of a handled call or message, in addition to its body.
import type { Contract } from '../contracts/contract.js';
import { NO_HEADERS, type IncomingHeaders } from './headers.js';
import type { Principal } from './principal-seal.js';

export interface Delivery {
  /** Starts at 1. */
  attempt: number;
  /** The sequence of the message in its stream. */
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
  /** The caller; undefined for events and other calls without a caller. */
  readonly principal: Principal | undefined;
  readonly requestId: string | undefined;
  readonly deadline: number;
  /** Whether the caller is in this process. */
  readonly local: boolean;
  /** Set for messages of a stream. */
  readonly delivery: Delivery | undefined;
  /** Ends the wait of a caller in this process, in case the handler ignores its signal. */
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

  /** The remaining time of the caller in milliseconds; negative after the deadline. */
  get remainingMs(): number {
    return this.deadline - performance.now();
  }

  /** Aborts at the deadline, when the caller cancels, or when the node stops. */
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

// The context of a call as its handler sees it, made of what came over the bus.
import type { BusContext } from '@mono/bus';
import {
  CALL_HEADER,
  DomainError,
  parseIfMatch,
  type CallContext,
  type ModuleContext,
  type Principal,
  type PublicContext,
} from '@mono/contract';
import { uuidv7 } from 'uuidv7';

/** Its signal is made only where somebody asks for it. */
class BusCallContext implements CallContext {
  readonly requestId: string;
  readonly deadline: number;
  readonly source: string | undefined;
  expectedVersion?: number | undefined;
  idempotencyKey?: string | undefined;
  readonly #call: BusContext;

  constructor(
    call: BusContext,
    readonly principal: Principal,
  ) {
    this.#call = call;
    this.requestId = call.requestId ?? uuidv7();
    this.deadline = call.deadline;
    this.source = call.headers.get(CALL_HEADER.source);
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  markReplayed(): void {
    this.#call.setReplyHeader(CALL_HEADER.replayed, 'true');
  }
}

/** @throws DomainError `forbidden` where the caller acts in no workspace. */
export function callContextOf(context: BusContext): CallContext {
  const principal = context.principal as Principal | undefined;
  if (principal?.workspaceId === undefined) {
    throw new DomainError('forbidden', 'forbidden', 'This call acts in a workspace, and the caller names none.');
  }
  const call = new BusCallContext(context, principal);
  const ifMatch = context.headers.get(CALL_HEADER.ifMatch);
  if (ifMatch !== undefined) call.expectedVersion = parseIfMatch(ifMatch);
  const key = context.headers.get(CALL_HEADER.idempotencyKey);
  if (key !== undefined) call.idempotencyKey = key;
  return call;
}

/** The context of an operation that anybody may call. */
export function publicContextOf({ requestId = uuidv7(), headers }: BusContext): PublicContext {
  return {
    requestId,
    address: headers.get(CALL_HEADER.source) ?? '',
    userAgent: headers.get(CALL_HEADER.userAgent),
  };
}

/** The context of an operation that modules call among themselves. */
export function moduleContextOf(context: BusContext): ModuleContext {
  const { requestId = uuidv7(), deadline } = context;
  return {
    requestId,
    deadline,
    get signal() {
      return context.signal;
    },
  };
}

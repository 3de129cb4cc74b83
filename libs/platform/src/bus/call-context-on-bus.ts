// The CallContext of a use case, as it travels on the bus and as it arrives.
import type { Answer, BusContext, CallOptions } from '@mono/bus';
import { uuidv7 } from 'uuidv7';
import { type CallContext, type Principal, type Replayable, DomainError, parseIfMatch } from '@mono/contract';

/** Where the caller spoke from, as the edge saw it. */
export const SOURCE = 'Bus-Source';
const IF_MATCH = 'If-Match';
const IDEMPOTENCY_KEY = 'Idempotency-Key';
const REPLAYED = 'Idempotent-Replayed';

export function callOptionsOf(context: CallContext): CallOptions {
  const { principal, requestId, deadline, signal, source, idempotencyKey, expectedVersion } = context;
  return {
    principal,
    requestId,
    deadline,
    signal,
    headers: {
      ...(source === undefined ? {} : { [SOURCE]: source }),
      ...(expectedVersion === undefined ? {} : { [IF_MATCH]: `"${expectedVersion}"` }),
      ...(idempotencyKey === undefined ? {} : { [IDEMPOTENCY_KEY]: idempotencyKey }),
    },
  };
}

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
    this.source = call.headers.get(SOURCE);
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }
}

/** @throws DomainError `forbidden` where the caller acts in no workspace. */
export function callContextOf(context: BusContext): CallContext {
  const principal = context.principal as Principal | undefined;
  if (principal?.workspaceId === undefined) {
    throw new DomainError('forbidden', 'forbidden', 'This call acts in a workspace, and the caller names none.');
  }
  const call = new BusCallContext(context, principal);
  const ifMatch = context.headers.get(IF_MATCH);
  if (ifMatch !== undefined) call.expectedVersion = parseIfMatch(ifMatch);
  const key = context.headers.get(IDEMPOTENCY_KEY);
  if (key !== undefined) call.idempotencyKey = key;
  return call;
}

/** What a handler answers with the result of an operation that honours `Idempotency-Key`. */
export async function replying<T>(context: BusContext, result: Promise<Replayable<T>>): Promise<T> {
  const { body, replayed } = await result;
  if (replayed) context.setReplyHeader(REPLAYED, 'true');
  return body;
}

/** The other end of `replying`. */
export async function replayed<T>(answer: Promise<Answer<T>>): Promise<Replayable<T>> {
  const { body, header } = await answer;
  return { body, replayed: header(REPLAYED) === 'true' };
}

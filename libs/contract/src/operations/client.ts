// The typed client of a module's operations: each method is its request over the bus.
import type { CallOptions } from '@mono/bus';
import type { RequestContract } from '@mono/bus/contracts';
import type { CallContext, PublicContext } from '../context/call-context.js';
import { callHeadersOf } from './call-headers.js';
import type { ContextOf, InputOf, ModuleContext, OperationMap, ReplyOf } from './operation.js';

/** The part of the bus that a client uses. */
export interface Requester {
  request<Request, Reply>(
    contract: RequestContract<Request, Reply>,
    body: Request,
    options?: CallOptions,
  ): Promise<Reply>;
}

/** Options of a call that a module makes on its own account. */
export type ModuleCallOptions = Pick<CallOptions, 'requestId' | 'deadline' | 'signal' | 'timeoutMs' | 'principal'>;

export type ClientOf<Operations extends OperationMap> = {
  readonly [Key in keyof Operations]: ContextOf<Operations[Key]> extends ModuleContext
    ? (input: InputOf<Operations[Key]>, call?: ModuleCallOptions) => Promise<ReplyOf<Operations[Key]>>
    : (input: InputOf<Operations[Key]>, call: ContextOf<Operations[Key]>) => Promise<ReplyOf<Operations[Key]>>;
};

/** @throws DomainError from each method: the handler's error, or `unavailable` if no node runs the module. */
export function clientOf<Operations extends OperationMap>(
  bus: Requester,
  operations: Operations,
): ClientOf<Operations> {
  return Object.fromEntries(
    Object.entries(operations).map(([key, operation]) => [
      key,
      (input: unknown, call: CallContext | PublicContext | ModuleCallOptions) =>
        bus.request(
          operation,
          input,
          operation.callers === 'modules' && !operation.onBehalf
            ? (call as ModuleCallOptions)
            : callOptionsOf(call as CallContext),
        ),
    ]),
  ) as unknown as ClientOf<Operations>;
}

/** Maps the context of a call to options of the bus. */
export function callOptionsOf(call: CallContext | PublicContext): CallOptions {
  const { requestId } = call;
  const headers = callHeadersOf(call);
  if (!('principal' in call)) return { requestId, headers };
  const { principal, deadline, signal } = call;
  return { principal, requestId, deadline, signal, headers };
}

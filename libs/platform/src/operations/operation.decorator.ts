// Marks a method of a Nest controller as the handler of an operation.
import { RequestHandler, type BusContext, type HandlerDecorator } from '@mono/bus';
import { requireRights, type AnyOperation, type CallContext, type Operation as OperationValue } from '@mono/contract';
import { callContextOf, moduleContextOf, publicContextOf } from '../bus/call-context-on-bus.js';

const OPERATION = Symbol('operation');

/**
 * The method is the use case. It receives the validated input and the call; a thrown DomainError is the reply. The boot fails
 * for an operation without a handler or with two.
 */
export function Operation<Input, Reply, Context>(
  operation: OperationValue<Input, Reply, Context>,
): HandlerDecorator<Input, Reply, Context> {
  // undefined in a cycle of imports, which RequestHandler reports.
  const known = operation as AnyOperation | undefined;
  const handle = RequestHandler(operation, contextFactoryOf(known) as (context: BusContext) => Context);
  return (target, method, descriptor) => {
    if (known && descriptor.value) Reflect.defineMetadata(OPERATION, known, descriptor.value);
    handle(target, method, descriptor);
  };
}

/** The operation that a method handles. */
export function operationOf(method: object): AnyOperation | undefined {
  return Reflect.getMetadata(OPERATION, method) as AnyOperation | undefined;
}

export function contextFactoryOf(operation: AnyOperation | undefined): (context: BusContext) => unknown {
  if (operation?.callers === 'anybody') return publicContextOf;
  if (operation?.callers === 'modules' && !operation.onBehalf) return moduleContextOf;
  return operation?.respectsLists ? callContextOf : wholeWorkspaceContextOf;
}

/** Also for a module that calls on behalf of a caller. @throws DomainError `forbidden` for a caller that is limited to lists. */
function wholeWorkspaceContextOf(context: BusContext): CallContext {
  const call = callContextOf(context);
  requireRights(call.principal, { respectsLists: false });
  return call;
}

import type { Bus } from '@mono/bus';
import { CALL_HEADER, callOptionsOf, type AnyOperation, type CallContext, type PublicContext } from '@mono/contract';
import { nameReference } from './name-reference.js';

/** Calls the operation: in this process where its module runs here, over NATS where it does not. */
export async function callOperation(
  bus: Bus,
  operation: AnyOperation,
  input: unknown,
  context: CallContext | PublicContext,
): Promise<{ body: unknown; replayed: boolean }> {
  const { body, header } = await bus
    .exchange(operation, input, { ...callOptionsOf(context), route: 'local-first' })
    .catch((error: unknown) => {
      throw nameReference(error, operation, input, context);
    });
  return { body, replayed: header(CALL_HEADER.replayed) === 'true' };
}

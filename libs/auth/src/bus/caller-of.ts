import type { BusContext } from '@mono/bus';
import type { PublicContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Visit } from '../../contract/index.js';

/** Who calls a public route, as the edge has told. */
export function callerOf({ address, user_agent }: Visit, { requestId }: BusContext): PublicContext {
  return { requestId: requestId ?? uuidv7(), address, userAgent: user_agent };
}

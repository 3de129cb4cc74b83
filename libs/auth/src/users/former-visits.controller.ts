// Calls without a credential, under the names by which nodes of the previous release make them: `internal.auth.<name>` with the
// caller's address in the body. To be removed in the next release.
import { Controller } from '@nestjs/common';
import { Bus, defineRequest, RequestHandler, type BusContext, type RequestContract } from '@mono/bus';
import { callOptionsOf, ObjectField, TextField, type AnyOperation } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { accountsOperations, identitiesOperations, MAX_PROVIDER_CHARACTERS } from '../../contract/index.js';

class Visit {
  @TextField({ description: 'The client’s IP address.', max: 64 })
  address: string;

  @TextField({ description: '`User-Agent`.', max: 512, optional: true })
  user_agent?: string;

  @TextField({ description: 'The provider of the path.', max: MAX_PROVIDER_CHARACTERS, optional: true })
  provider?: string;

  /** The body of the route. */
  input: object;
}

/** The operations that anybody may call. */
export const VISITS = Object.values({ ...accountsOperations, ...identitiesOperations } as Record<string, AnyOperation>)
  .filter(({ callers }) => callers === 'anybody')
  .map((operation) => ({ operation, former: formerOf(operation) }));

function formerOf({ name, reply, timeoutMs, reads, http }: AnyOperation): RequestContract<Visit | undefined> {
  const answer = http?.status === 202 ? undefined : reply;
  const request = http?.body && visitWith(http.body);
  return defineRequest<Visit | undefined, unknown>({
    module: 'auth',
    name,
    ...(request && { request }),
    ...(answer && { reply: answer }),
    internal: true,
    idempotent: reads,
    timeoutMs,
  });
}

function visitWith(body: new () => object): new () => Visit {
  const Composed = class extends Visit {};
  ObjectField(() => body, { description: 'The body.' })(Composed.prototype, 'input');
  return Composed;
}

@Controller()
export class FormerVisitsController {
  constructor(readonly bus: Bus) {}
}

for (const { operation, former } of VISITS) {
  const { key } = operation;
  const methods = {
    [key](
      this: FormerVisitsController,
      visit: Visit | undefined,
      { requestId = uuidv7(), deadline }: BusContext,
    ): Promise<unknown> {
      const { input, provider, address = '', user_agent: userAgent } = visit ?? ({} as Partial<Visit>);
      const options = callOptionsOf({ requestId, address, userAgent });
      const body = provider === undefined ? input : { ...input, provider };
      return this.bus.request(operation, body, { ...options, deadline, route: 'local-first' });
    },
  };
  const descriptor = { configurable: true, writable: true, value: methods[key] };
  Object.defineProperty(FormerVisitsController.prototype, key, descriptor);
  RequestHandler(former)(FormerVisitsController.prototype, key, descriptor as object);
}

// The contracts that outside clients may call over NATS (`api.<module>.<name>`), and their conditions: operations, and requests that
// are exposed.
import type { Contract, RequestContract } from '@mono/bus';
import { isOperation, type AnyOperation } from '@mono/contract';

export interface Exposure {
  /** The scope that the caller needs; null: any caller will do. */
  scope: string | null;
  /** Whether only a signed-in user may call, no API key. */
  user?: boolean;
  /** Whether `If-Match` guards it. */
  guarded?: boolean;
  /** Whether it honours `Idempotency-Key`. */
  replayable?: boolean;
  /** The entity tag of the reply, without the quotes. */
  entityTag?: (reply: never) => string;
}

const EXPOSURE = 'exposure';

/** To be spread into a contract's options. */
export function exposed(exposure: Exposure): { annotations: Record<string, unknown> } {
  return { annotations: { [EXPOSURE]: exposure } };
}

/** The facts of an operation that the gateway needs. */
export type Exposed = Pick<
  AnyOperation,
  'callers' | 'scope' | 'reads' | 'ifMatch' | 'idempotencyKey' | 'etag' | 'http'
> &
  RequestContract & { readonly respectsLists?: boolean };

function exposedOf(contract: RequestContract): Exposed | undefined {
  if (isOperation(contract)) return contract.callers === 'modules' ? undefined : contract;
  const exposure = contract.annotations[EXPOSURE] as Exposure | undefined;
  return (
    exposure && {
      ...contract,
      callers: exposure.user ? 'user' : 'credential',
      scope: exposure.scope,
      reads: contract.idempotent,
      ifMatch: exposure.guarded ?? false,
      idempotencyKey: exposure.replayable ?? false,
      etag: exposure.entityTag as ((reply: unknown) => string) | undefined,
      http: undefined,
    }
  );
}

/** The contracts that outside clients may call, by their subjects. */
export function exposedBySubject(contracts: readonly Contract[]): ReadonlyMap<string, Exposed> {
  const bySubject = new Map<string, Exposed>();
  for (const contract of contracts) {
    const exposure = contract.kind === 'request' ? exposedOf(contract) : undefined;
    if (exposure) bySubject.set(contract.subject.replace(/^services\./, 'api.'), exposure);
  }
  return bySubject;
}

// How a contract says that outside clients may call it, and under which conditions: `api.<module>.<name>`.
import type { Contract, RequestContract } from '@mono/bus';

export interface Exposure {
  /** The scope that the caller needs; null: any caller will do. */
  scope: string | null;
  /** Whether only a signed-in user may call, no API key. */
  user?: boolean;
  /** Whether `If-Match` guards it. */
  guarded?: boolean;
  /** Whether it honours `Idempotency-Key`. */
  replayable?: boolean;
  /** Of the reply, without the quotes. */
  entityTag?: (reply: never) => string;
}

const EXPOSURE = 'exposure';

/** To be spread into a contract's options. */
export function exposed(exposure: Exposure): { annotations: Record<string, unknown> } {
  return { annotations: { [EXPOSURE]: exposure } };
}

export function exposureOf(contract: RequestContract): Exposure | undefined {
  return contract.annotations[EXPOSURE] as Exposure | undefined;
}

/** The contracts that outside clients may call, by their subjects. */
export function exposedBySubject(contracts: readonly Contract[]): ReadonlyMap<string, RequestContract> {
  const bySubject = new Map<string, RequestContract>();
  for (const contract of contracts) {
    if (contract.kind !== 'request' || !exposureOf(contract)) continue;
    bySubject.set(contract.subject.replace(/^services\./, 'api.'), contract);
  }
  return bySubject;
}

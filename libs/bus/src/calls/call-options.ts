import type { Route } from '../contracts/contract.js';
import type { Principal } from './principal-seal.js';

export interface CallOptions {
  /** On whose behalf; this node's module itself when absent, and always for `internal` contracts. */
  principal?: Principal | undefined;
  requestId?: string | undefined;
  /** Less than the contract's, in milliseconds; counts for all attempts together. */
  timeoutMs?: number | undefined;
  /** By performance.now(): the caller's own, so that the time shrinks at every hop. */
  deadline?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Other than the bus's own. */
  route?: Route | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

export interface Answer<Reply> {
  body: Reply;
  /** A header of the reply. */
  readonly header: (name: string) => string | undefined;
}

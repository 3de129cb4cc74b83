// Whose fault it is that JetStream did not take a message: only the message's own may cost it an attempt.
import { JetStreamApiError } from '@nats-io/jetstream';
import { InvalidArgumentError, NoRespondersError, RequestError } from '@nats-io/transport-node';

/** Insufficient resources, no leader, offline, no room, the same id still on its way: the message may be taken later. */
const PASSING = new Set([10_008, 10_009, 10_023, 10_028, 10_047, 10_074, 10_077, 10_122, 10_158]);
const UNAVAILABLE = 503;

/** @returns `message`: it will never be taken as it is. `nobody`: no stream has its subject. `server`: it may go later. */
export function blameOf(error: unknown): 'message' | 'nobody' | 'server' {
  if (error instanceof JetStreamApiError) {
    return error.status === UNAVAILABLE || PASSING.has(error.code) ? 'server' : 'message';
  }
  if (error instanceof InvalidArgumentError) return 'message';
  const silent =
    error instanceof NoRespondersError ||
    // The client library says so where nobody answers, whether JetStream is there or not.
    (error as Error).name === 'JetStreamNotEnabled' ||
    (error instanceof RequestError && error.isNoResponders());
  return silent ? 'nobody' : 'server';
}

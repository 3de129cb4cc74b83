// Classifies why JetStream rejected a message: only a fault of the message counts as an attempt.
import { JetStreamApiError } from '@nats-io/jetstream';
import { InvalidArgumentError, NoRespondersError, RequestError } from '@nats-io/transport-node';

/** Insufficient resources, no leader, offline, no space, or the same id in flight: a retry may succeed. */
const PASSING = new Set([10_008, 10_009, 10_023, 10_028, 10_047, 10_074, 10_077, 10_122, 10_158]);
const UNAVAILABLE = 503;

/** @returns `message` for a permanent fault, `nobody` if no stream has its subject, `server` for a transient one. */
export function blameOf(error: unknown): 'message' | 'nobody' | 'server' {
  if (error instanceof JetStreamApiError) {
    return error.status === UNAVAILABLE || PASSING.has(error.code) ? 'server' : 'message';
  }
  if (error instanceof InvalidArgumentError) return 'message';
  const silent =
    error instanceof NoRespondersError ||
    // The client library also reports this if nobody answers.
    (error as Error).name === 'JetStreamNotEnabled' ||
    (error instanceof RequestError && error.isNoResponders());
  return silent ? 'nobody' : 'server';
}

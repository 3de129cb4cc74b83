// Sends replies and errors to callers over NATS.
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import { busError, type WireError } from './bus-error.js';
import { HEADER, OutgoingHeaders } from './headers.js';

/** An upper bound. */
const HEADERS_BYTES = 1_024;
export const EMPTY = new Uint8Array(0);

/** @returns undefined for an empty body. @throws BusError `invalid_json`. */
export function parseBody(message: Msg): unknown {
  if (message.data.length === 0) return undefined;
  try {
    return message.json();
  } catch {
    throw busError('invalid_json', 'The body must be JSON.');
  }
}

/** @throws BusError `reply_too_large`: NATS would not deliver it, and the caller would wait until its deadline. */
export function encodeReply(connection: NatsConnection, result: unknown): Uint8Array {
  if (result === undefined) return EMPTY;
  const body = Buffer.from(JSON.stringify(result));
  const limit = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  if (body.length + HEADERS_BYTES > limit) {
    throw busError('reply_too_large', `The reply of ${body.length} bytes exceeds the limit of ${limit} bytes.`);
  }
  return body;
}

export function respond(
  host: BusHost,
  connection: NatsConnection,
  message: Msg,
  headers: OutgoingHeaders | undefined,
  body: Uint8Array,
): void {
  if (!message.reply) return;
  try {
    connection.publish(message.reply, body, headers?.forPublish());
  } catch (error) {
    host.logger.warn({ err: error, subject: message.subject }, 'Failed to send a reply');
  }
}

export function respondError(
  host: BusHost,
  connection: NatsConnection,
  message: Msg,
  { status, code, message: text, details }: WireError,
  requestId: string | undefined,
): void {
  const headers = new OutgoingHeaders().set(HEADER.error, code).set(HEADER.errorCode, String(status));
  const body = { code, message: text, details: details ?? null, request_id: requestId ?? null };
  respond(host, connection, message, headers, Buffer.from(JSON.stringify(body)));
}

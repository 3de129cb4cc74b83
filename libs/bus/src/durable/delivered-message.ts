import type { JsMsg } from '@nats-io/jetstream';
import { HEADER, headersOf, type IncomingHeaders } from '../calls/headers.js';
import type { Contract } from '../contracts/contract.js';
import { RETRIED_KEY } from './dead-letter.js';

/** A message of a stream with what its handler needs. */
export interface DeliveredMessage {
  message: JsMsg;
  headers: IncomingHeaders;
  /** The original subject, also of a retried dead letter. */
  subject: string;
  contract: Contract;
  body: { ok: true; value: unknown } | { ok: false };
}

/** Why an attempt failed. */
export interface Failure {
  code: string;
  message: string;
  stack?: string;
  /** Not to be retried. */
  final?: boolean;
}

export function parseMessage(message: JsMsg): DeliveredMessage['body'] {
  try {
    return { ok: true, value: message.json() };
  } catch {
    return { ok: false };
  }
}

/** Identifies the dead letter of a message and a consumer. */
export function letterKey(message: JsMsg, consumer: string): string {
  const headers = headersOf(message);
  // By its id where it has one: a stream that was rolled back assigns sequences again, and an event may come again.
  return (
    headers.get(RETRIED_KEY) ?? `${message.info.stream}/${headers.get(HEADER.messageId) ?? message.seq}/${consumer}`
  );
}

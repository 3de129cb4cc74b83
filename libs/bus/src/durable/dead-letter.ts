// Dead letters: messages that have used up their attempts, with all that is needed to judge and to retry them.

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { BusConnection } from '../connection/bus-connection.js';
import { isMissingStream } from '../streams/reconcile.js';

export interface DeadLetterInput {
  /** The same for the same message and consumer, however often it is stored. */
  key: string;
  source: 'message';
  /** The module of the consumer. */
  module: string;
  consumer: string;
  subject: string;
  stream: string;
  streamSeq: number;
  payload: Uint8Array;
  headers: Record<string, string>;
  error: { code: string; message: string; stack?: string };
  attempts: number;
  failedAt: Date;
  /** Publishing payload and headers here tries it again, with this consumer alone. */
  retrySubject: string;
}

export interface DeadLetterSink {
  /** Stores the letter. The message leaves its stream's consumer when the promise resolves. */
  store(letter: DeadLetterInput): Promise<void>;
  /** A retried dead letter has had its effect. Called before its message is acknowledged. */
  settled?(key: string): Promise<void>;
}

/** The stream of retried dead letters. */
export const RETRIES = 'RETRIES';

/** The subject on which a consumer receives its retried dead letters. */
export function retrySubject(consumer: string): string {
  return `retries.${consumer}`;
}

export interface RetriedLetter {
  key: string;
  /** Where it came from. */
  subject: string;
  retrySubject: string;
  payload: Uint8Array;
  headers: Readonly<Record<string, string>>;
  /** Repeats with the same one are kept once. */
  messageId: string;
}

/** The original subject of a retried dead letter. */
export const RETRIED_SUBJECT = 'Bus-Subject';
/** The dead letter's key: another failure updates the same letter. */
export const RETRIED_KEY = 'Bus-Dead-Letter';

/**
 * Publishes a dead letter to its consumer again; resolves when the stream has stored it.
 * @returns its place in the stream.
 * @throws Error while the bus is unavailable.
 */
export async function retryDeadLetter(connection: BusConnection, letter: RetriedLetter): Promise<number> {
  const { live } = connection;
  if (!live) throw new Error('NATS is not connected.');
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(letter.headers)) if (!OWN_HEADER.test(name)) headers.set(name, value);
  headers.set(RETRIED_SUBJECT, letter.subject);
  headers.set(RETRIED_KEY, letter.key);
  const { seq } = await jetstream(live).publish(letter.retrySubject, letter.payload, {
    headers,
    msgID: letter.messageId,
  });
  return seq;
}

/** Whether the retry of the letter with this key is in the stream at this place. @throws Error while the bus is unavailable. */
export async function holdsRetry(connection: BusConnection, key: string, place: number): Promise<boolean> {
  const { live } = connection;
  if (!live) throw new Error('NATS is not connected.');
  const { streams } = await jetstreamManager(live);
  try {
    const message = await streams.getMessage(RETRIES, { seq: place });
    return message?.header.get(RETRIED_KEY) === key;
  } catch (error) {
    if (isMissingStream(error)) return false;
    throw error;
  }
}

/** Headers of NATS and the bus, such as the first message id: with it, the retry would be dropped as a duplicate. */
const OWN_HEADER = /^(?:nats-|bus-)/i;

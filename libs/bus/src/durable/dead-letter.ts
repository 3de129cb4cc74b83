// What is handed over when a message has given up: everything that a person needs to judge it, and to try it again.

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { BusConnection } from '../connection/bus-connection.js';
import { isMissingStream } from '../streams/reconcile.js';

export interface DeadLetterInput {
  /** The same for the same message and consumer, however often it is buried. */
  key: string;
  source: 'message';
  /** Whose consumer it is. */
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
  /** Resolves when it is kept for good; the message is taken off its stream's consumer only then. */
  bury(letter: DeadLetterInput): Promise<void>;
  /** A dead letter that was tried again has had its effect. Called before its message is acknowledged. */
  settled?(key: string): Promise<void>;
}

/** The stream of dead letters that are tried again: taken off it when they are done. */
export const RETRIES = 'RETRIES';

/** The subject on which a consumer hears dead letters that are tried again. */
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

/** Where a dead letter that is tried again came from. */
export const RETRIED_SUBJECT = 'Bus-Subject';
/** The dead letter's key: that it fails again concerns the same letter. */
export const RETRIED_KEY = 'Bus-Dead-Letter';

/**
 * Hands a dead letter to its consumer once more; resolves when the stream keeps it.
 * @returns its place in the stream.
 * @throws Error while the bus is unavailable.
 */
export async function retryDeadLetter(connection: BusConnection, letter: RetriedLetter): Promise<number> {
  const { live } = connection;
  if (!live) throw new Error('The bus is away.');
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
  if (!live) throw new Error('The bus is unavailable.');
  const { streams } = await jetstreamManager(live);
  try {
    const message = await streams.getMessage(RETRIES, { seq: place });
    return message?.header.get(RETRIED_KEY) === key;
  } catch (error) {
    if (isMissingStream(error)) return false;
    throw error;
  }
}

/** The stream's own, such as the first publish's message id: with it, the retry would be taken for a repeat. */
const OWN_HEADER = /^(?:nats-|bus-)/i;

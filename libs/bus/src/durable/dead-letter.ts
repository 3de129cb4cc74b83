// What is handed over when a message has given up: everything that a person needs to judge it, and to try it again.

import { jetstream } from '@nats-io/jetstream';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { BusConnection } from '../connection/bus-connection.js';

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
}

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

/** Hands a dead letter to its consumer once more; resolves when the stream keeps it. @throws Error while the bus is away. */
export async function retryDeadLetter(connection: BusConnection, letter: RetriedLetter): Promise<void> {
  const { live } = connection;
  if (!live) throw new Error('The bus is away.');
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(letter.headers)) if (!OWN_HEADER.test(name)) headers.set(name, value);
  headers.set(RETRIED_SUBJECT, letter.subject);
  headers.set(RETRIED_KEY, letter.key);
  await jetstream(live).publish(letter.retrySubject, letter.payload, { headers, msgID: letter.messageId });
}

/** The stream's own, such as the first publish's message id: with it, the retry would be taken for a repeat. */
const OWN_HEADER = /^(?:nats-|bus-)/i;

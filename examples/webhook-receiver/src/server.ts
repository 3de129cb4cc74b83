// Answers 2xx only after the webhook is stored: the sender repeats everything else.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Store, Webhook } from './store.ts';
import { VerificationError, verify } from './verify.ts';

const MAX_BODY_BYTES = 1_048_576;

interface Answer {
  status: number;
  message: string;
  /** For the operator, not for the sender. */
  cause?: unknown;
}

export interface ServerOptions {
  secrets: readonly string[];
  store: Pick<Store, 'apply'>;
  print: (line: string) => void;
}

export function createReceiver(options: ServerOptions): Server {
  return createServer((request, response) => {
    void answerTo(request, options).then(({ status, message, cause = '' }) => {
      options.print(`${status} ${message} ${String(cause)}`.trim());
      return response.writeHead(status, { 'content-type': 'text/plain' }).end(`${message}\n`);
    });
  });
}

async function answerTo(request: IncomingMessage, { secrets, store }: ServerOptions): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, message: 'expected a POST' };
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
    return { status: 413, message: 'the body is too large' };
  try {
    const body = await bodyOf(request);
    const id = verify(request.headers, body, secrets);
    const webhook = JSON.parse(body.toString('utf8')) as Webhook;
    const { type, thing_id: thing = '', version = '' } = webhook.data;
    return { status: 200, message: [store.apply(id, webhook), webhook.type, type, thing, version].join(' ').trim() };
  } catch (error) {
    if (error instanceof VerificationError) return { status: 401, message: error.message };
    return { status: 500, message: 'failed', cause: error };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new RangeError('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// For answers without an end: the head is written once, then the connection belongs to the caller.
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Proxies pass on each event as it comes, and nobody keeps them. */
const HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' };

/**
 * Begins an answer of status 200 that ends with its connection. The hooks after the answer do not run.
 * @returns the connection, to which the body is written as it is.
 */
export function takeOver(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
): Socket {
  reply.hijack();
  const { socket } = request.raw;
  // Otherwise each event would be framed as a chunk.
  reply.raw.removeHeader('transfer-encoding');
  reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...headers, ...HEADERS });
  reply.raw.flushHeaders();
  return socket;
}

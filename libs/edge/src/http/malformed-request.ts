// Input that is not HTTP, has too large headers or is too slow never becomes a request: it is answered on the socket.
import type { Socket } from 'node:net';
import { uuidv7 } from 'uuidv7';
import { errorBody } from './error-reply.js';
import type { HttpFault } from '@mono/platform';

const FAULTS: Readonly<Record<string, HttpFault & { reason: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    code: 'headers_too_large',
    message: 'The headers are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    code: 'request_timeout',
    message: 'The request did not arrive in time.',
  },
};

const MALFORMED = { status: 400, reason: 'Bad Request', code: 'bad_request', message: 'This is not valid HTTP.' };

export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const fault = FAULTS[error.code ?? ''] ?? MALFORMED;
  const requestId = uuidv7();
  const body = errorBody(fault, requestId, false);
  socket.end(
    [
      `HTTP/1.1 ${fault.status} ${fault.reason}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-ID: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

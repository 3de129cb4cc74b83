// One HTTP request to addresses that have been checked.
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AttemptError, type Answered } from './outcome.js';
import type { Target } from './webhook-url.js';

export interface Post {
  target: Target;
  /** Where to connect: nothing is looked up again. */
  addresses: readonly string[];
  headers: Record<string, string>;
  body: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Options of the connection, which the types of requests lack: the time for one address before the next one is tried. */
const EACH_ADDRESS = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 2_000 };
const MAX_HEADER_BYTES = 16 * 1_024;
const BODY_START_BYTES = 4 * 1_024;

/**
 * Redirects are answers. No connection is kept, and no proxy of the environment is used.
 * @param signal ends the attempt.
 * @throws AttemptError, or the reason of the signal.
 */
export async function post(
  { target, addresses, headers, body }: Post,
  signal: AbortSignal,
): Promise<Omit<Answered, 'durationMs'>> {
  const { url, host, port, isSecure } = target;
  const connection = new AbortController();
  const request = (isSecure ? https : http).request({
    method: 'POST',
    host,
    port,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host.replace(/\.(?=:|$)/, ''), 'content-length': Buffer.byteLength(body) },
    agent: false,
    lookup: among(addresses),
    ...EACH_ADDRESS,
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    // Also with NODE_TLS_REJECT_UNAUTHORIZED=0.
    rejectUnauthorized: true,
    servername: isIP(host) === 0 ? host : '',
    signal: AbortSignal.any([signal, connection.signal]),
  });
  let stage: Stage = 'connecting';
  const connectTimer = setTimeout(() => {
    connection.abort(new AttemptError('timeout', 'The connection was not established in time.'));
  }, CONNECT_TIMEOUT_MS);
  const established = (): void => {
    stage = 'established';
    clearTimeout(connectTimer);
  };
  request.once('socket', (socket) => {
    socket.once('connect', () => (isSecure ? (stage = 'handshake') : established()));
    socket.once('secureConnect', established);
  });
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
      // Without an error before it after an answer 101.
      request.once('close', () =>
        reject(new AttemptError('invalid_response', 'The connection was closed without an answer.')),
      );
      request.end(body);
    });
    return {
      kind: 'answered',
      status: response.statusCode ?? 0,
      bodyStart: await startOf(response),
      ...retryAfterOf(response),
    };
  } catch (error) {
    signal.throwIfAborted();
    connection.signal.throwIfAborted();
    if (error instanceof AttemptError) throw error;
    throw failureOf(error, stage);
  } finally {
    clearTimeout(connectTimer);
    request.destroy();
  }
}

type Stage = 'connecting' | 'handshake' | 'established';

/** The look-up of a connection, answered from the checked addresses. */
function among(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, callback) => {
    const [first] = found;
    if (all === true || !first) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

/** The beginning of the body, as far as it has come when it ends or the attempt does. */
async function startOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= BODY_START_BYTES) break;
    }
  } catch {
    // The status has come, which decides.
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, BODY_START_BYTES));
  return text.replaceAll('\0', '\uFFFD');
}

/** Seconds or a date. */
function retryAfterOf({ headers }: http.IncomingMessage): { retryAfterMs?: number } {
  const value = headers['retry-after'] ?? '';
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? { retryAfterMs: ms } : {};
}

function failureOf(error: unknown, stage: Stage): AttemptError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AttemptError('too_large', `The headers of the answer are larger than ${MAX_HEADER_BYTES / 1_024} KiB.`);
  if (code.startsWith('HPE_')) return new AttemptError('invalid_response', `The answer is not valid HTTP (${code}).`);
  if (code === 'ETIMEDOUT') return new AttemptError('timeout', 'The connection was not established in time.');
  if (stage === 'handshake') return new AttemptError('tls', `The TLS handshake failed (${code}).`);
  return stage === 'connecting'
    ? new AttemptError('connection', `The connection failed (${code}).`)
    : new AttemptError('connection', `The connection was closed before an answer (${code}).`);
}

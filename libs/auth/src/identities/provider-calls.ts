// Calls to providers, with limits of time and size, over TLS or on this machine. Redirects are not followed.
import { UnavailableError } from '@mono/contract';
import * as openid from 'openid-client';
import { isLoopback } from './loopback.js';
import { ProviderRefusal } from './sign-in-provider.js';

/** The limit of one call, in seconds. */
export const CALL_TIMEOUT_SECONDS = 5;
/** The limit of all calls of one step. */
const STEP_TIMEOUT_MS = 10_000;
/** The limit of an answer. Discovery documents and key sets have some KiB. */
const MAX_ANSWER_BYTES = 256 * 1024;
/** Headers that do not apply to the decoded body. */
const OF_THE_WIRE = ['content-encoding', 'content-length', 'transfer-encoding'];
/** RFC 6749, appendix A.7 allows more; providers send words. */
const ERROR_CODE = /^[a-z_]{1,64}$/;
/** Statuses of answers that have no body. */
const NO_BODY = new Set([204, 205, 304]);

/** fetch, for openid-client. @throws TypeError for a URL that is not safe; Error for an answer that is too large. */
export async function callProvider(url: string, options: openid.CustomFetchOptions): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
    throw new TypeError(`The provider names an endpoint that is not https, at ${hostname}.`);
  }
  const response = await fetch(url, options as RequestInit);
  const headers = new Headers(response.headers);
  for (const name of OF_THE_WIRE) headers.delete(name);
  const { status, statusText } = response;
  const body = await read(response);
  return new Response(NO_BODY.has(status) ? null : body, { status, statusText, headers });
}

async function read(response: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`The provider answers more than ${MAX_ANSWER_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws UnavailableError for a timeout or a failed connection, ProviderRefusal for everything else. */
export async function asked<T>(name: string, step: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new UnavailableError(`${name} does not answer in time.`)), STEP_TIMEOUT_MS);
  try {
    return await Promise.race([step, late]);
  } catch (error) {
    throw translated(name, error);
  } finally {
    clearTimeout(timer);
  }
}

function translated(name: string, error: unknown): Error {
  if (error instanceof UnavailableError || error instanceof ProviderRefusal) return error;
  if (error instanceof openid.AuthorizationResponseError) {
    return new ProviderRefusal(ERROR_CODE.test(error.error) ? error.error : 'provider_refused', { cause: error });
  }
  if (isUnavailable(error)) return new UnavailableError(`${name} cannot be reached.`, { cause: error });
  return new ProviderRefusal('provider_refused', { cause: error });
}

/** fetch reports a failed connection as a TypeError with a cause. */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof openid.ClientError && ['OAUTH_TIMEOUT', 'OAUTH_ABORT'].includes(error.code ?? '')) return true;
  if (error instanceof TypeError && error.cause !== undefined) return true;
  const answer = error.cause;
  return answer instanceof Response && (answer.status >= 500 || answer.status === 429);
}

// Bodies of HTML forms, for pages that work without JavaScript, and for mail programs (RFC 8058). Only a route that says so takes one:
// to all others a form, which a page of any site could send, is of the wrong type.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { EdgeError } from '@mono/platform';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

export function parseFormBodies(server: FastifyInstance): void {
  server.addContentTypeParser(FORM, { parseAs: 'string' }, async (request: FastifyRequest, body: string) => {
    requireForm(request);
    return Object.fromEntries(new URLSearchParams(body));
  });
  server.addContentTypeParser(MULTIPART, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    requireForm(request);
    return fieldsOf(request.headers['content-type'] ?? '', body);
  });
}

/** Without files, which no page sends. */
async function fieldsOf(type: string, body: Buffer): Promise<Record<string, string>> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => {
    throw new EdgeError({ status: 400, code: 'invalid_form', message: 'The body is not a valid form.' });
  });
  const fields = [...form].filter((field): field is [string, string] => typeof field[1] === 'string');
  return Object.fromEntries(fields);
}

function requireForm(request: FastifyRequest): void {
  if (request.routeOptions.config.form) return;
  throw new EdgeError({
    status: 415,
    code: 'unsupported_media_type',
    message: 'The body must be JSON: Content-Type: application/json.',
  });
}

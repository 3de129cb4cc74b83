// The only kind of body that is understood. Fastify's own parser refuses prototype keys; ours leaves them to the check
// of unknown fields, which names them, and JSON.parse makes them plain own properties, harmless where nothing is merged.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidInputError } from '@mono/contract';
import { EdgeError, invalidJson } from '@mono/platform';
import { requireUniqueKeys } from './repeated-keys.js';
import { hasTooManyMarks, MAX_JSON_MARKS } from './json-size.js';

const CONTENT_TYPES = ['application/json', 'application/merge-patch+json'];

export function parseJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(CONTENT_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parse(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** RFC 8259 knows no other; a client that says otherwise would be misread. */
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8\b)/i;

function parse(request: FastifyRequest, body: Buffer): unknown {
  if (OTHER_CHARSET.test(request.headers['content-type'] ?? '')) {
    throw new EdgeError({ status: 415, code: 'unsupported_media_type', message: 'The body must be UTF-8.' });
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new EdgeError({
      status: 415,
      code: 'unsupported_media_type',
      message: 'The body must not be compressed.',
    });
  }
  // Clients that set a content type on every request send one with an empty body.
  if (body.length === 0 && request.method === 'DELETE') return undefined;
  if (!isUtf8(body)) throw invalidJson('The body is not UTF-8.');
  if (hasTooManyMarks(body))
    throw new InvalidInputError([
      {
        field: 'body',
        code: 'too_many',
        issue: `must have at most ${MAX_JSON_MARKS} members, items and levels`,
        limits: { max_items: MAX_JSON_MARKS },
      },
    ]);
  const value = jsonOf(body);
  requireUniqueKeys(body, value);
  return value;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw invalidJson(
      body.length === 0 ? 'A JSON body is needed.' : `The body is not JSON: ${(error as Error).message}`,
    );
  }
}

// Bodies that are a text of their own kind, for files that clients have as they are. Only a route that says so takes one.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { EdgeError, invalidJson } from '@mono/platform';

const TEXT_TYPES = ['text/calendar'];

export function parseTextBodies(server: FastifyInstance): void {
  for (const type of TEXT_TYPES) {
    server.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (request.routeOptions.config.takesText !== type || encoding !== 'identity') {
        done(
          new EdgeError({
            status: 415,
            code: 'unsupported_media_type',
            message: 'The body must be JSON, not compressed: Content-Type: application/json.',
          }),
        );
      } else if (isUtf8(body as Buffer)) done(null, { content: body.toString('utf8') });
      else done(invalidJson('The body is not UTF-8.'));
    });
  }
}

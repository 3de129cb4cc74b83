// Bodies of HTML forms, for pages that work without JavaScript. Only a route that says so takes one: to all others a form,
// which a page of any site could send, is of the wrong type.
import type { FastifyInstance } from 'fastify';
import { EdgeError } from '@mono/platform';

const FORM = 'application/x-www-form-urlencoded';

export function parseFormBodies(server: FastifyInstance): void {
  server.addContentTypeParser(FORM, { parseAs: 'string' }, (request, body, done) => {
    if (request.routeOptions.config.form) {
      done(null, Object.fromEntries(new URLSearchParams(body as string)));
      return;
    }
    done(
      new EdgeError({
        status: 415,
        code: 'unsupported_media_type',
        message: 'The body must be JSON: Content-Type: application/json.',
      }),
    );
  });
}

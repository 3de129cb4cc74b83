// A calendar as the body of an answer, with an entity tag of its own: subscribers ask again and again.
import { hash } from 'node:crypto';
import { tagMatching } from '@mono/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CalendarFile } from '../../contract/index.js';

export function replyCalendar(request: FastifyRequest, reply: FastifyReply, file: CalendarFile): string {
  const tag = `"${hash('sha256', file.content, 'base64url').slice(0, 32)}"`;
  void reply.header('etag', tag);
  const known = request.headers['if-none-match'];
  const matching = known === undefined ? undefined : tagMatching(known, tag);
  if (matching !== undefined) {
    void reply.code(304).header('etag', matching);
    return '';
  }
  void reply.header('content-type', file.content_type);
  return file.content;
}

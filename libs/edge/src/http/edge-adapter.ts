// Nest's Fastify adapter with the conventions of this API in the places where Nest would have its own: answers with
// entity tags and replays, errors in the envelope. A plain override costs nothing per request; interceptors would.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Replayable, requestIdOf, tagMatching } from '@mono/contract';
import { AllowedMethods } from './allowed-methods.js';
import { MAX_BODY_BYTES } from './body-limit.js';
import { sendError, type ErrorReporting } from './error-reply.js';
import { parseFormBodies } from './form-body.js';
import { EdgeError } from '@mono/platform';
import { parseJsonBodies } from './json-body.js';
import { answerMalformedRequest } from './malformed-request.js';
import { parseTextBodies } from './text-body.js';

/** The longest tag name, percent-encoded, fits in. */
const MAX_PARAM_LENGTH = 2_048;
/** A client that needs longer to send its headers or its body is cut off. */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer than the idle timeout of the usual load balancers (60 s), so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How often, while the server closes, connections are ended whose last request has been answered. */
const IDLE_CHECK_MS = 50;

export class EdgeAdapter extends FastifyAdapter {
  private readonly allowed: AllowedMethods;
  private ending = false;

  constructor(
    private readonly reporting: ErrorReporting,
    trustProxy: readonly string[] = [],
  ) {
    super({
      trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
      bodyLimit: MAX_BODY_BYTES,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      requestIdHeader: false,
      genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      http: { headersTimeout: HEADERS_TIMEOUT_MS },
      // Requests are still answered while the server closes, on connections that then end.
      return503OnClosing: false,
      clientErrorHandler: answerMalformedRequest,
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
        void reply.header('x-request-id', request.id);
        sendError(reporting, error, request, reply);
      },
      // There is no Nest middleware, and its place in the chain costs every request.
      skipMiddie: true,
    });
    const server = this.getInstance<FastifyInstance>();
    this.allowed = new AllowedMethods(server);
    parseJsonBodies(server);
    parseFormBodies(server);
    parseTextBodies(server);
  }

  override reply(response: FastifyReply, body: unknown, statusCode?: number): FastifyReply {
    const { entityTag, location, replayable } = response.request.routeOptions.config;
    let answer = body;
    if (replayable) {
      const { body: inner, replayed } = body as Replayable<unknown>;
      answer = inner;
      if (replayed) void response.header('idempotent-replayed', 'true');
    }
    if (this.ending) void response.header('connection', 'close');
    if (statusCode !== undefined) void response.code(statusCode);
    if (location) void response.header('location', location(answer));
    if (entityTag) {
      const tag = `"${entityTag(answer)}"`;
      void response.header('etag', tag);
      const { method, headers } = response.request;
      const known = headers['if-none-match'];
      if (known !== undefined && (method === 'GET' || method === 'HEAD')) {
        const matching = tagMatching(known, tag);
        if (matching !== undefined) return response.code(304).header('etag', matching).send();
      }
    }
    return response.send(answer instanceof StreamableFile ? this.streamed(response, answer) : answer);
  }

  /**
   * A controller returns it rather than a bare stream, of which Nest would log the faults without the request. After
   * the first bytes, a failure cannot become an answer any more: Fastify breaks the connection.
   */
  private streamed(response: FastifyReply, file: StreamableFile): Readable {
    const stream = file.getStream();
    const { type, disposition } = file.getHeaders();
    void response.header('content-type', type);
    if (disposition !== undefined) void response.header('content-disposition', disposition);
    const { id, method, routeOptions } = response.request;
    if (method === 'HEAD') {
      stream.destroy();
      return Readable.from([]);
    }
    stream.once('error', (error) => {
      if (response.raw.headersSent) this.reporting.log(error, { id, method, route: routeOptions.url });
    });
    return stream;
  }

  /**
   * Answers what is in flight, then ends. Node closes only the connections that are idle at that moment; one that becomes
   * idle later would keep the server open until its keep-alive ends.
   */
  override async close(): Promise<void> {
    this.ending = true;
    const { server } = this.getInstance<FastifyInstance>();
    const timer = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    try {
      await super.close();
    } finally {
      clearInterval(timer);
    }
  }

  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.instance.setErrorHandler((error, request, reply) => {
      sendError(this.reporting, error, request, reply);
    });
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.instance.setNotFoundHandler((request, reply) => {
      const error = this.noRoute(request.method, request.raw.url ?? '');
      sendError(this.reporting, error, request, reply);
    });
  }

  private noRoute(method: string, url: string): EdgeError {
    const methods = this.allowed.of(url);
    if (methods.length === 0) {
      return new EdgeError({ status: 404, code: 'not_found', message: 'There is nothing at this path.' });
    }
    return new EdgeError({
      status: 405,
      code: 'method_not_allowed',
      message: `${method} is not possible here.`,
      details: { allowed: methods },
      headers: { allow: methods.join(', ') },
    });
  }
}

// A span for every HTTP request, under the caller's trace where `traceparent` names one.
import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { tracer } from './tracer.js';

declare module 'fastify' {
  interface FastifyRequest {
    span: Span | null;
  }
}

/** To be added before the hooks of the edge, so that what they do is in the trace. */
export function addTracing(server: FastifyInstance): void {
  server.decorateRequest('span', null);

  server.addHook('onRequest', (request, _reply, done) => {
    const { method, headers } = request;
    const route = request.routeOptions.url ?? '';
    const parent = propagation.extract(context.active(), headers);
    const attributes = { 'http.request.method': method, 'http.route': route, 'mono.request_id': request.id };
    const span = tracer().startSpan(`${method} ${route}`.trimEnd(), { kind: SpanKind.SERVER, attributes }, parent);
    request.span = span;
    context.with(trace.setSpan(parent, span), done);
  });

  server.addHook('onResponse', ({ span }, { statusCode }, done) => {
    span?.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });

  // The client went before its answer.
  server.addHook('onRequestAbort', ({ span }, done) => {
    span?.setStatus({ code: SpanStatusCode.ERROR, message: 'aborted' });
    span?.end();
    done();
  });
}

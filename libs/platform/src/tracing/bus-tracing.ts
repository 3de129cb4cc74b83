// Spans around calls and events on the bus. The caller sends `traceparent` in a header, and the handler continues the trace.
import type { BusContext, Ended, Middleware, OutgoingHeaders } from '@mono/bus';
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { HTTP_STATUS } from '@mono/contract';
import { toHttpFault } from '../http/http-fault.js';
import { tracer } from './tracer.js';

const SYSTEM = { 'messaging.system': 'nats' };

export function busTracing(): Middleware {
  const within = new WeakMap<BusContext, Context>();

  const arrives =
    (kind: SpanKind) =>
    (call: BusContext): Ended => {
      // A caller in this process has already opened the trace.
      const parent = call.local ? context.active() : propagation.extract(context.active(), call.headers, CARRIER);
      const attributes: Attributes = { ...SYSTEM, ...requestFacts(call.requestId) };
      if (call.delivery) attributes['mono.attempt'] = call.delivery.attempt;
      const span = tracer().startSpan(call.subject, { kind, attributes }, parent);
      within.set(call, trace.setSpan(parent, span));
      return (error) => finish(span, error);
    };

  return {
    name: 'tracing',
    requestOut({ contract, headers, requestId, local }) {
      return leave(contract.subject, SpanKind.CLIENT, headers, { 'mono.local': local, ...requestFacts(requestId) });
    },
    // The relay of another node may publish the event, so that the trace continues from its cause.
    eventOut: ({ subject, messageId, traceparent, headers }) =>
      leave(subject, SpanKind.PRODUCER, headers, { 'messaging.message.id': messageId }, parentOf(traceparent)),
    requestIn: arrives(SpanKind.SERVER),
    eventIn: arrives(SpanKind.CONSUMER),
    within: (call, work) => context.with(within.get(call) ?? context.active(), work),
  };
}

function parentOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? context.active() : propagation.extract(context.active(), { traceparent });
}

function leave(
  subject: string,
  kind: SpanKind,
  headers: OutgoingHeaders | undefined,
  facts: Attributes,
  parent = context.active(),
): Ended {
  const span = tracer().startSpan(subject, { kind, attributes: { ...SYSTEM, ...facts } }, parent);
  if (headers) {
    propagation.inject(trace.setSpan(context.active(), span), headers, {
      set: (carrier, name, value) => void carrier.set(name, value),
    });
  }
  return (error) => finish(span, error);
}

function requestFacts(requestId: string | undefined): Attributes {
  return requestId === undefined ? {} : { 'mono.request_id': requestId };
}

const CARRIER = {
  get: (carrier: BusContext['headers'], name: string): string | undefined => carrier.get(name),
  keys: (carrier: BusContext['headers']): string[] => carrier.entries().map(([name]) => name),
};

/** A client error is a reply and no failure of the call. */
function finish(span: Span, error: Error | undefined): void {
  if (error) {
    const { status, code } = toHttpFault(error);
    span.setAttribute('error.type', code);
    if (status >= HTTP_STATUS.internal) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

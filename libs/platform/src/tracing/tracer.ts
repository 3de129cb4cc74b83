import { context, propagation, trace, type Tracer } from '@opentelemetry/api';

/** Without tracing, one whose spans are nothing. */
export function tracer(): Tracer {
  return trace.getTracer('mono');
}

/** Where the trace of this call is, for an event that it leaves behind; nothing without tracing. */
export function traceHeaders(): { traceparent?: string } {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent === undefined ? {} : { traceparent: carrier.traceparent };
}

/** For log lines within a traced call: how to find the call's trace. */
export function traceFacts(): { trace_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId } : {};
}

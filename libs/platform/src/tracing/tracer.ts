import { context, propagation, trace, type Tracer } from '@opentelemetry/api';

/** Without tracing, a tracer with no-op spans. */
export function tracer(): Tracer {
  return trace.getTracer('mono');
}

/** The trace headers of this call for its events; empty without tracing. */
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

import { trace, type Tracer } from '@opentelemetry/api';

/** Without tracing, one whose spans are nothing. */
export function tracer(): Tracer {
  return trace.getTracer('mono');
}

/** For log lines within a traced call: how to find the call's trace. */
export function traceFacts(): { trace_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId } : {};
}

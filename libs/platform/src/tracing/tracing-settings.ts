import { integer, url } from '../config/settings.js';

/** Named as OpenTelemetry names them where it has a name. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http', 'https'], {
    description: 'OTLP over HTTP endpoint for traces, such as `http://collector:4318`. Default: tracing is disabled.',
  }),
  TRACE_SAMPLE_PERCENT: integer({
    description: 'Percentage of new traces to record. Traces started elsewhere keep their sampling decision.',
    default: 100,
    min: 0,
    max: 100,
  }),
};

import { integer, url } from '../config/settings.js';

/** Named as OpenTelemetry names them where it has a name. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http', 'https'], {
    description:
      'Where traces are sent by OTLP over HTTP, such as http://collector:4318. Without it nothing is traced, at no cost.',
  }),
  TRACE_SAMPLE_PERCENT: integer({
    description: 'How many of the traces that begin here are recorded; one that began elsewhere keeps its verdict.',
    default: 100,
    min: 0,
    max: 100,
  }),
};

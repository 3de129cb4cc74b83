// The tracing of a node: spans leave in batches by OTLP over HTTP. The SDK is loaded only where traces are asked for; what
// makes the spans knows OpenTelemetry's API alone, which does nothing without it.
import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import type { Logger } from '../logging/logger.js';

export interface TracingOptions {
  /** Of the collector; `/v1/traces` is added. May hold credentials. */
  endpoint: string;
  samplePercent: number;
  /** Of this node, in `service.instance.id`. */
  instance: string;
  logger: Logger;
}

export interface Tracing {
  /** Lets the last spans leave. */
  stop(): Promise<void>;
}

const SERVICE = 'mono';
const FLUSH_EVERY_MS = 1_000;
const EXPORT_TIMEOUT_MS = 5_000;

export async function startTracing({ endpoint, samplePercent, instance, logger }: TracingOptions): Promise<Tracing> {
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }, { W3CTraceContextPropagator }, contexts] =
    await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/core'),
      import('@opentelemetry/context-async-hooks'),
    ]);
  complainTo(logger);
  const exporter = new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': SERVICE, 'service.instance.id': instance }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(samplePercent / 100) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: FLUSH_EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  context.setGlobalContextManager(new contexts.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async stop() {
      // A collector that is away must not hold up a stop.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      propagation.disable();
      context.disable();
      diag.disable();
    },
  };
}

const silent = (): void => {};

/** A collector that does not answer is worth a line, not a failure. */
function complainTo(logger: Logger): void {
  const warn = (message: string): void => logger.warn({ cause: message.slice(0, 500) }, 'Traces could not be sent');
  diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

function tracesUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

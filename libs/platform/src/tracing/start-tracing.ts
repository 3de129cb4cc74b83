// Starts tracing: exports spans in batches by OTLP over HTTP. The SDK is loaded only if traces are enabled. Spans are created
// with OpenTelemetry's API, which does nothing without the SDK.
import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import type { Logger } from '../logging/logger.js';

export interface TracingOptions {
  /** The URL of the collector without `/v1/traces`. May contain credentials. */
  endpoint: string;
  samplePercent: number;
  /** The `service.instance.id` of this node. */
  instance: string;
  logger: Logger;
}

export interface Tracing {
  /** Exports the last spans. */
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
      // An unavailable collector must not delay a stop.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      propagation.disable();
      context.disable();
      diag.disable();
    },
  };
}

const silent = (): void => {};

/** An unavailable collector is logged, and no failure. */
function complainTo(logger: Logger): void {
  const warn = (message: string): void => logger.warn({ cause: message.slice(0, 500) }, 'Failed to export traces');
  diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

function tracesUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

export * from './bus-tracing.js';
export * from './http-tracing.js';
export * from './start-tracing.js';
export * from './tracer.js';
export * from './tracing-settings.js';

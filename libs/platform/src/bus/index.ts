export * from './bus-errors.js';
export * from './bus-input-reader.js';
export * from './bus-middleware.js';
export * from './call-context-on-bus.js';

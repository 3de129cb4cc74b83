export * from './local-bus.js';
export * from './test-principal.js';
export * from './zone-files.js';
export * from './node-for-tests.js';
export * from './deliver-event.js';
export * from './listen-on-bus.js';

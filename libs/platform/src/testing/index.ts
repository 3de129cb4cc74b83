export * from './local-bus.js';
export * from './test-application.js';
export * from './zone-files.js';
export * from './node-for-tests.js';

export * from './test-application.js';
export * from './zone-files.js';

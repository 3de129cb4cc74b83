export * from './audit-of.js';
export * from './dead-letter.js';
export * from './dead-letters.js';
export * from './dead-letters.controller.js';
export * from './retry-dispatcher.js';

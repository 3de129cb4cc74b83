export * from './verdict.js';
export * from './exact-throttle.js';
export * from './throttle.js';
export * from './network-of.js';

export * from './verdict.js';
export * from './gossip.js';
export * from './rate-limiter.js';
export * from './rate-limit-settings.js';
export * from './request-limits.js';
export * from './bus-gossip.js';
export * from './exact-throttle.js';
export * from './throttle.js';

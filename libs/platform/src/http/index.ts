export { accepts, JSON_TYPE, prefers, prefersProblem } from './accept.js';
export * from './authenticator.js';
export * from './decorators.js';
export * from './http-fault.js';
export * from './route-options.js';
export * from './api-errors.js';

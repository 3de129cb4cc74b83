// Free of every framework, so that domain code may use it.
export * from './domain-error.js';
export * from './field-faults.js';
export * from './http-status.js';
export * from './define-errors.js';
export * from './shared-errors.js';

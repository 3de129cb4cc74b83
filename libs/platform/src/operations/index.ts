export * from './call-operation.js';
export * from './operation.decorator.js';

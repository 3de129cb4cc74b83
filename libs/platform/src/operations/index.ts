export * from './admission.js';
export * from './operation.decorator.js';
export * from './rest-controller.js';

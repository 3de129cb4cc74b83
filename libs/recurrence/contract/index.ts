export * from './preview.js';
export * from './rule.js';
export * from './words.js';

export * from './admin.errors.js';
export * from './audit.dto.js';
export * from './audit.operations.js';
export * from './dead-letters.dto.js';
export * from './dead-letters.operations.js';

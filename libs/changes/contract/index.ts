export * from './change.dto.js';
export * from './changes.errors.js';
export * from './changes.operations.js';
export * from './feed-rows.js';
export * from './follow.dto.js';

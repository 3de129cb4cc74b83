export * from './trash-item.dto.js';
export * from './trash-owner.js';
export * from './trash.errors.js';
export * from './trash-query.dto.js';
export * from './trash.operations.js';

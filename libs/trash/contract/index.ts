export * from './trash-item.dto.js';
export * from './trash-owner.js';
export * from './trash.errors.js';

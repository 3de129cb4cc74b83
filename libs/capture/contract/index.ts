export * from './quick-add.dto.js';
export * from './quick-add.operations.js';

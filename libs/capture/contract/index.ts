export * from './quick-add-constants.js';
export * from './quick-add.dto.js';
export * from './quick-add.operations.js';

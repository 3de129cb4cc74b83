export * from './outbox/outbox-table.js';

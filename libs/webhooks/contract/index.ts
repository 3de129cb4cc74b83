export * from './delivery.dto.js';
export * from './webhook.dto.js';
export * from './webhooks.errors.js';
export * from './webhooks.events.js';
export * from './webhooks.operations.js';

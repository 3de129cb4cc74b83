export * from './webhooks.errors.js';

export * from './lead.js';
export * from './notifications.errors.js';
export * from './notifications.events.js';
export * from './preferences.js';
export * from './preferences.operations.js';
export * from './unsubscribe.operations.js';

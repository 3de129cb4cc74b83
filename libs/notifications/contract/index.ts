export * from './events.js';
export * from './lead.js';
export * from './notifications-api.js';
export * from './notifications-bus-client.js';
export * from './preferences.js';
export * from './requests.js';

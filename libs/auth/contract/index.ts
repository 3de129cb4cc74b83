export * from './api-key.js';
export * from './auth-api.js';
export * from './auth-bus-client.js';
export * from './requests.js';

export * from './auth-api.js';

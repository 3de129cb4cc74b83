export * from './job-letters.js';
export * from './job-queue.js';
export * from './jobs.js';
export * from './jobs-backend.js';
export * from './postgres-backend.js';
export * from './redis-backend.js';
export * from './jobs-settings.js';
export * from './occasional-log.js';

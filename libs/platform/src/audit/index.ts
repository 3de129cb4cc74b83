export * from './audit.js';
export * from './audit-entry.js';
export * from './audit-trail.js';
export * from './audit-events.js';
export * from './audit.controller.js';
export * from './checkpoints.js';
export type { AcceptedRestore } from './restores.js';

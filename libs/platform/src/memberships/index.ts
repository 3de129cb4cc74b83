export * from './departures.js';
export * from './membership-table.js';
export * from './memberships.js';

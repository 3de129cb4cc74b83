export * from './corner-bakery.events.js';
export * from './rye-loaf.dto.js';
export * from './rye-loaves.operations.js';

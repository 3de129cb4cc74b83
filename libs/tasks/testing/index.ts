// What other modules' tests may use of this one's: its own use cases on a real database.
export * from './tasks-world.js';

// For the tests of other modules: the use cases of this one on a real database.
export * from './tasks-world.js';

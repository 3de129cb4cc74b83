// Tests run from the sources, as ordinary modules of the processes that Jest starts: see test/support/runner.
/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/apps', '<rootDir>/examples', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironment: '<rootDir>/test/support/runner/environment.mjs',
  testRunner: '<rootDir>/test/support/runner/test-runner.mjs',
  testSequencer: '<rootDir>/test/support/runner/sequencer.mjs',
  transform: {},
  globalSetup: '<rootDir>/test/support/runner/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/runner/global-teardown.mjs',
  // Most of a test is waiting for servers.
  maxWorkers: 3,
  // For a machine that has much else to do: a test that fails waits for its own condition.
  testTimeout: 600_000,
};

// An environment without a context: tests run as modules of the worker process (test-runner.mjs).
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

export default class Environment {
  global = { console };
  fakeTimers = null;
  moduleMocker = new ModuleMocker(globalThis);

  constructor(/** @type {{ projectConfig: import('@jest/types').Config.ProjectConfig }} */ { projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  getVmContext() {
    return null;
  }

  exportConditions() {
    return [];
  }

  async setup() {}

  async teardown() {}
}

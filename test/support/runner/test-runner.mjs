// Runs test files with jest-circus as ordinary modules of the worker process. Jest's runner gives each file a context with its
// own modules, and loading these again takes longer than most files. Here a worker loads each module once, except for the test
// file. The price: module state outlives a file, so tests must not leave any behind, and modules cannot be mocked.
import './sources.mjs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { sourceMaps } from '../../../setup/source-loader.mjs';

const require = createRequire(import.meta.url);
const ADAPTER = require.resolve('jest-circus/runner');
/** The state and listeners of jest-circus. */
const CIRCUS_STATE = new Set(['Symbol(JEST_STATE_SYMBOL)', 'Symbol(EVENT_HANDLERS)']);

// Many files of one process create loggers, each of which flushes at the exit.
process.setMaxListeners(0);

/** How often each file was run here: more than once when Jest watches. */
const runs = new Map();

/**
 * Jest's `testRunner`.
 * @param {import('@jest/types').Config.GlobalConfig} globalConfig
 * @param {import('@jest/types').Config.ProjectConfig} config
 * @param {import('./environment.mjs').default} environment
 * @param {{ getSourceMaps(): Map<string, string> }} jestRuntime
 * @param {string} testPath
 * @param {unknown} sendMessageToJest
 */
export default async function runTests(globalConfig, config, environment, jestRuntime, testPath, sendMessageToJest) {
  const run = (runs.get(testPath) ?? 0) + 1;
  runs.set(testPath, run);
  const { fakeTimersModern: timers, moduleMocker: mocker } = environment;
  Object.assign(globalThis, { jest: jestObject(timers, mocker) });
  const world = { global: globalThis, fakeTimersModern: timers, moduleMocker: mocker };
  const runtime = {
    requireInternalModule: loadAnew,
    requireModule: require,
    setGlobalsForRuntime() {},
    unstable_shouldLoadAsEsm: () => true,
    async unstable_importModule(/** @type {string} */ path) {
      await import(`${pathToFileURL(path).href}${run === 1 ? '' : `?run=${run}`}`);
      // Source maps, by which Jest shows the position of a failure.
      for (const [url, map] of sourceMaps) jestRuntime.getSourceMaps().set(url, map);
    },
    enterTestCode() {},
    leaveTestCode() {},
  };
  const adapter = require(ADAPTER).default;
  try {
    return await adapter(globalConfig, config, world, runtime, testPath, sendMessageToJest);
  } finally {
    timers.dispose();
    mocker.restoreAllMocks();
  }
}

/** jest-circus has one state per process, so that each file resets it. */
function loadAnew(/** @type {string} */ path) {
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    if (CIRCUS_STATE.has(String(symbol))) Reflect.deleteProperty(globalThis, symbol);
  }
  delete require.cache[path];
  return require(path);
}

/** The parts of Jest's object that tests of this project use. */
function jestObject(
  /** @type {import('@jest/fake-timers').ModernFakeTimers} */ timers,
  /** @type {import('jest-mock').ModuleMocker} */ mocker,
) {
  return {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: () => mocker.restoreAllMocks(),
    useFakeTimers: (/** @type {import('@jest/types').Config.FakeTimersConfig} */ options) =>
      timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
  };
}

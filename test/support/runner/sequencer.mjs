// Jest goes by the size of a file where it has no times of an earlier run, as on a fresh clone. Chaos tests are small and take
// long: at the end, one would keep a worker busy alone.
import { createRequire } from 'node:module';

/** Its types are those of CommonJS. @type {{ default: typeof import('@jest/test-sequencer').default }} */
const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** In this order; all others come after them. */
const FIRST = ['/test/chaos/', '/test/'];

export default class extends Sequencer {
  /**
   * @override
   * @param {import('@jest/test-result').Test[]} tests
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    if (tests.some(({ duration }) => duration !== undefined)) return sorted;
    return [...sorted].sort((one, other) => rankOf(one.path) - rankOf(other.path));
  }
}

function rankOf(/** @type {string} */ path) {
  const rank = FIRST.findIndex((part) => path.replaceAll('\\', '/').includes(part));
  return rank === -1 ? FIRST.length : rank;
}

// Without times of an earlier run, Jest orders test files by size. Chaos tests are small but slow: at the end, one would occupy
// a worker alone, and several concurrent ones would slow each other down on two cores.
import { createRequire } from 'node:module';

/** Its types are those of CommonJS. @type {{ default: typeof import('@jest/test-sequencer').default }} */
const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** Other files of test/ that follow each chaos test: with three workers, about one of them runs chaos. */
const FILES_BETWEEN = 2;

export default class extends Sequencer {
  /**
   * @override
   * @param {import('@jest/test-result').Test[]} tests
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    if (tests.some(({ duration }) => duration !== undefined)) return sorted;
    const chaos = sorted.filter(({ path }) => isIn('/test/chaos/', path));
    const servers = sorted.filter(({ path }) => isIn('/test/', path) && !isIn('/test/chaos/', path));
    const others = sorted.filter(({ path }) => !isIn('/test/', path));
    /** @type {typeof tests} */
    const spread = [];
    for (const [index, test] of servers.entries()) {
      if (index % FILES_BETWEEN === 0) spread.push(...chaos.splice(0, 1));
      spread.push(test);
    }
    return [...spread, ...chaos, ...others];
  }
}

function isIn(/** @type {string} */ part, /** @type {string} */ path) {
  return path.replaceAll('\\', '/').includes(part);
}

// How the processes that run tests find modules: packages of this project by their sources, and Jest's globals.
import { registerHooks } from 'node:module';
import '../../../setup/source-loader.mjs';

/** The condition of `exports` for a package's TypeScript. */
const SOURCE = 'source';
/** The real `@jest/globals` refuses to be loaded by Node. */
const GLOBALS = new URL('jest-globals.mjs', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
    const conditions = [...new Set([SOURCE, ...(context.conditions ?? [])])];
    return nextResolve(specifier, { ...context, conditions });
  },
});

// Replaces `@jest/globals`: each export forwards to the global of that name, which differs per test file.
function globalNamed(/** @type {string} */ name) {
  const current = () => Reflect.get(globalThis, name);
  return new Proxy(() => undefined, {
    apply: (_target, _self, args) => current()(...args),
    get: (_target, property) => current()[property],
  });
}

export const afterAll = globalNamed('afterAll');
export const afterEach = globalNamed('afterEach');
export const beforeAll = globalNamed('beforeAll');
export const beforeEach = globalNamed('beforeEach');
export const describe = globalNamed('describe');
export const expect = globalNamed('expect');
export const it = globalNamed('it');
export const jest = globalNamed('jest');
export const test = globalNamed('test');

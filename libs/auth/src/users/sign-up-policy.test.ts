import { SignUpPolicy } from './sign-up-policy.js';

test.each([
  [undefined, 'prod', false],
  [undefined, 'dev', true],
  [undefined, 'test', true],
  [undefined, 'qa', true],
  [true, 'prod', true],
  [false, 'dev', false],
])('with SIGN_UP_ENABLED %s in %s sign-up is open: %s', (enabled, environment, isOpen) => {
  expect(new SignUpPolicy({ SIGN_UP_ENABLED: enabled }, { environment }).isOpen).toBe(isOpen);
});

// Node reads TypeScript with decorators from here on.
import './sources.mjs';

const { default: globalSetup } = await import('../global-setup.ts');
export default globalSetup;

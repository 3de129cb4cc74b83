// `npm test`: prepares the checkout and becomes the test run. Arguments go to Jest.
import { join } from 'node:path';
import { become } from './become.mjs';
import { CHECKOUT, prepareCheckout } from './checkout.mjs';

const node = await prepareCheckout('develop');
become(node, [join(CHECKOUT, 'node_modules/jest/bin/jest.js'), ...process.argv.slice(2)]);

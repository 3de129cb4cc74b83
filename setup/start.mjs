// `npm start`: prepares the checkout and becomes a node.
import { join } from 'node:path';
import { become } from './become.mjs';
import { CHECKOUT, prepareCheckout } from './checkout.mjs';

const node = await prepareCheckout('run');
become(node, ['--enable-source-maps', join(CHECKOUT, 'apps/server/dist/main.js'), ...process.argv.slice(2)], {
  channel: true,
});

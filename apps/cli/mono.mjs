#!/usr/bin/env node
// `npx mono …`: prepares the checkout and runs the command line in the current directory.
import { join } from 'node:path';
import { become } from '../../setup/become.mjs';
import { CHECKOUT, prepareCheckout } from '../../setup/checkout.mjs';

const node = await prepareCheckout('run');
become(node, ['--enable-source-maps', join(CHECKOUT, 'apps/cli/dist/main.js'), ...process.argv.slice(2)], {
  cwd: process.cwd(),
});

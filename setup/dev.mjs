// `npm run dev`: prepares the checkout, runs the server from its sources and restarts it when they change.
import { prepareCheckout } from './checkout.mjs';
import { Reloader } from './reloader.mjs';

new Reloader(await prepareCheckout('develop', { build: false })).run(process.argv.slice(2));

import { resolve } from 'node:path';

/** The checkout that this code was built in: it holds nats.conf and the cache of programs. */
export const CHECKOUT = resolve(import.meta.dirname, '../../../..');

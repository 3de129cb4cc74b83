// Makes `startNats` find the nats-server that the project's set-up brings.
import { resolve } from 'node:path';
import { natsServerSource, obtainProgram } from '@mono/embedded';

export async function obtainNats(): Promise<void> {
  process.env['NATS_SERVER_BIN'] = await obtainProgram(natsServerSource(), {
    cacheDirectory: resolve(import.meta.dirname, '../../node_modules/.cache/mono'),
    environment: process.env,
  });
}

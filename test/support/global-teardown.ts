import { rm } from 'node:fs/promises';
import type { TestRun } from './global-setup.ts';

export default async function globalTeardown(): Promise<void> {
  const { sharedServers, testPostgres } = globalThis as TestRun;
  await sharedServers?.end();
  await testPostgres?.stop();
  const scratch = process.env['TEST_SCRATCH'];
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
}

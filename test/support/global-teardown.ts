import { rm } from 'node:fs/promises';
import type { TestPostgres } from './test-postgres.ts';

export default async function globalTeardown(): Promise<void> {
  await (globalThis as { testPostgres?: TestPostgres }).testPostgres?.stop();
  const scratch = process.env['TEST_SCRATCH'];
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
}

// Dead letters without a consumer, for tests of operators' actions.
import { Client } from 'pg';

/** @returns their ids: open, retried and discarded ones in turn. */
export async function storeDeadLetters(databaseUrl: string, count: number): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO platform.dead_letter
         (id, key, source, module, consumer, subject, payload, headers, error_code, error_message, attempts, failed_at, status)
       SELECT gen_random_uuid(), gen_random_uuid(), 'message', 'reading', 'reader', 'events.notes.v1.noted', '{}', '{}',
         'clash', 'Clash.', 5, now(), (ARRAY['open', 'retried', 'discarded'])[1 + (n - 1) % 3]
       FROM generate_series(1, $1) n RETURNING id`,
      [count],
    );
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

// However much is over, it goes in small statements that wait for nobody.
import { UsersWorld } from '../../testing/users-world.js';
import { pruneUsers } from './prune-users.js';

let world: UsersWorld;
beforeAll(async () => {
  world = await UsersWorld.create();
});
afterAll(() => world?.end());

async function countOf(table: string): Promise<number> {
  const [row] = await world.world.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM auth.${table}`);
  return row?.count ?? 0;
}

/** The sizes of what each statement takes away. */
async function prunedSizes(batchRows: number): Promise<number[]> {
  const sizes: number[] = [];
  const { database } = world.world;
  await pruneUsers(
    {
      async query<Row extends object>(statement: string, values?: readonly unknown[]) {
        const rows = await database.query<Row>(statement, values);
        sizes.push((rows as { count?: number }[])[0]?.count ?? Number.NaN);
        return rows;
      },
      afterCommit: () => {},
    },
    batchRows,
  );
  return sizes;
}

test('what is over goes batch by batch, past what somebody holds', async () => {
  const { database } = world.world;
  const { context } = await world.person();
  const { sessionId } = context.principal;
  await database.query(
    `INSERT INTO auth.refresh_token (hash, session_id, expires_at)
     SELECT sha256(n::text::bytea), $1, now() - interval '1 hour' FROM generate_series(1, 25) AS n`,
    [sessionId],
  );
  const before = await countOf('refresh_token');
  await database.transaction(async (on) => {
    await on.query(`SELECT FROM auth.refresh_token WHERE hash = sha256('7'::bytea) FOR UPDATE`);
    expect((await prunedSizes(10)).slice(0, 3)).toEqual([10, 10, 4]);
  });
  expect(await countOf('refresh_token')).toBe(before - 24);
});

test('invites go 30 days after their end, with their links, and no sooner', async () => {
  const { database } = world.world;
  const { context } = await world.person();
  const makeInvite = async (ended: string): Promise<string> => {
    const email = world.newAddress();
    const { id } = await world.client.createInvite({ email }, context);
    await database.query(`UPDATE auth.invite SET expires_at = now() - $2::interval WHERE id = $1`, [id, ended]);
    return id;
  };
  const [old, recent] = [await makeInvite('31 days'), await makeInvite('29 days')];
  await pruneUsers(database);
  expect(await database.query('SELECT id FROM auth.invite WHERE id = ANY($1)', [[old, recent]])).toEqual([
    { id: recent },
  ]);
  expect(await database.query('SELECT invite_id FROM auth.email_token WHERE invite_id IS NOT NULL')).toEqual([
    { invite_id: recent },
  ]);
});

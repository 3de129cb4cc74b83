// The store of memberships, in a module's own schema. A write that names a member locks the member's row until it commits. The
// end of the membership waits for such writes, and later ones see it.
import type { Executor, Statement } from '../database/executor.js';
import { UnavailableError } from '@mono/contract';

/** A member in the reply of auth. */
export interface NamedMember {
  user_id: string;
  /** RFC 3339; null if auth does not return it. */
  joined_at: string | null;
}

/** References to a former membership of these users must be cleared first. */
export class MembershipNotClearedError extends UnavailableError {
  constructor(
    readonly workspaceId: string,
    readonly members: readonly Joined[],
  ) {
    super('A former membership is being ended: try again in a moment.');
  }
}

type Joined = NamedMember & { joined_at: string };

interface Standing {
  user_id: string;
  ended_at: string | null;
}

const NAMED = 'unnest($2::uuid[], $3::timestamptz[]) AS n (user_id, joined_at)';
const NOBODY: ReadonlySet<string> = new Set();

export class Memberships {
  private readonly statements: Readonly<
    Record<'hold' | 'enter' | 'find' | 'end' | 'lock' | 'clear' | 'ended', Statement>
  >;

  constructor(private readonly schema: string) {
    const name = (what: string): string => `${schema}.${what}_membership`;
    const table = `"${schema}"."membership"`;
    this.statements = {
      hold: {
        name: name('hold'),
        text: `SELECT m.user_id, m.ended_at FROM ${table} m JOIN ${NAMED} ON m.user_id = n.user_id
          WHERE m.workspace_id = $1 AND m.joined_at >= n.joined_at FOR SHARE OF m`,
      },
      enter: {
        name: name('enter'),
        text: `INSERT INTO ${table} AS m (workspace_id, user_id, joined_at)
          SELECT $1, n.user_id, n.joined_at FROM ${NAMED} ORDER BY n.user_id
          ON CONFLICT (workspace_id, user_id) DO UPDATE
            SET joined_at = excluded.joined_at, ended_at = NULL, cleared = false
            WHERE m.joined_at < excluded.joined_at AND m.cleared`,
      },
      find: {
        name: name('find'),
        text: `SELECT 1 FROM ${table} WHERE workspace_id = $1 AND user_id = $2`,
      },
      end: {
        name: name('end'),
        text: `INSERT INTO ${table} AS m (workspace_id, user_id, joined_at, ended_at) VALUES ($1, $2, $3, $3)
          ON CONFLICT (workspace_id, user_id) DO UPDATE SET ended_at = excluded.ended_at
            WHERE m.joined_at <= excluded.ended_at AND m.ended_at IS NULL`,
      },
      lock: {
        name: name('lock'),
        text: `SELECT 1 FROM ${table}
          WHERE workspace_id = $1 AND user_id = $2 AND ended_at IS NOT NULL AND NOT cleared FOR UPDATE`,
      },
      clear: {
        name: name('clear'),
        text: `UPDATE ${table} SET cleared = true WHERE workspace_id = $1 AND user_id = $2`,
      },
      ended: {
        name: name('ended'),
        text: `SELECT user_id, ended_at FROM ${table}
          WHERE workspace_id = $1 AND user_id = ANY($2::uuid[]) ORDER BY user_id FOR SHARE`,
      },
    };
  }

  /**
   * Prevents the end of these memberships until the end of the transaction.
   * @returns the users whose membership has already ended. @throws MembershipNotClearedError
   */
  async hold(on: Executor, workspaceId: string, members: readonly NamedMember[]): Promise<ReadonlySet<string>> {
    const named = members.filter((member): member is Joined => member.joined_at !== null);
    if (named.length === 0) return NOBODY;
    const standing = await this.standing(on, workspaceId, named);
    const fresh = named.filter((member) => !standing.has(member.user_id));
    if (fresh.length > 0) {
      await on.query(this.statements.enter, [workspaceId, ...columnsOf(fresh)]);
      for (const [id, row] of await this.standing(on, workspaceId, fresh)) standing.set(id, row);
      const former = fresh.filter((member) => !standing.has(member.user_id));
      if (former.length > 0) throw new MembershipNotClearedError(workspaceId, former);
    }
    return endedOf([...standing.values()]);
  }

  /**
   * Prevents the end of these users' memberships until the end of the transaction.
   * @returns the users whose membership has already ended.
   */
  async ended(on: Executor, workspaceId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (userIds.length === 0) return NOBODY;
    return endedOf(await on.query<Standing>(this.statements.ended, [workspaceId, userIds]));
  }

  async isKnown(on: Executor, workspaceId: string, userId: string): Promise<boolean> {
    return (await on.query(this.statements.find, [workspaceId, userId])).length > 0;
  }

  /** Inserts a new membership. */
  async enter(on: Executor, workspaceId: string, member: Joined): Promise<void> {
    await on.query(this.statements.enter, [workspaceId, ...columnsOf([member])]);
  }

  /** Waits for writes that lock it. Later memberships stay. */
  async end(on: Executor, workspaceId: string, userId: string, endedAt: string): Promise<void> {
    await on.query(this.statements.end, [workspaceId, userId, endedAt]);
  }

  /** Locks an ended membership until the end of the transaction. @returns whether there is something to clear. */
  async lockEnded(on: Executor, workspaceId: string, userId: string): Promise<boolean> {
    return (await on.query(this.statements.lock, [workspaceId, userId])).length > 0;
  }

  /** Requires the lock of the row. */
  async setCleared(on: Executor, workspaceId: string, userId: string): Promise<void> {
    await on.query(this.statements.clear, [workspaceId, userId]);
  }

  /** Deletes all memberships of a workspace. */
  async erase(on: Executor, workspaceId: string): Promise<void> {
    await on.query(`DELETE FROM "${this.schema}"."membership" WHERE workspace_id = $1`, [workspaceId]);
  }

  private async standing(on: Executor, workspaceId: string, named: readonly Joined[]): Promise<Map<string, Standing>> {
    const rows = await on.query<Standing>(this.statements.hold, [workspaceId, ...columnsOf(named)]);
    return new Map(rows.map((row) => [row.user_id, row]));
  }
}

function columnsOf(members: readonly Joined[]): [string[], string[]] {
  return [members.map(({ user_id }) => user_id), members.map(({ joined_at }) => joined_at)];
}

function endedOf(rows: readonly Standing[]): ReadonlySet<string> {
  return new Set(rows.flatMap(({ user_id, ended_at }) => (ended_at === null ? [] : user_id)));
}

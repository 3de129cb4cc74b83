// Ends a membership in a module's own table, then clears references to the former member, a batch per transaction. Every step
// may be repeated, on any node.
import type { Executor, TransactionalExecutor } from '../database/executor.js';
import { UnavailableError } from '@mono/contract';
import { MembershipNotClearedError, type Memberships, type NamedMember } from './memberships.js';

export interface Departure {
  workspaceId: string;
  userId: string;
  requestId: string;
}

export interface DeparturesParts<Cursor> {
  database: TransactionalExecutor;
  memberships: Memberships;
  /** Auth. @throws UnavailableError */
  members: { memberships(workspaceId: string, userIds: readonly string[]): Promise<NamedMember[]> };
  /** Clears a batch in a transaction. @param after the end of the previous batch. @returns undefined if nothing is left. */
  clear: (on: Executor, departure: Departure, after: Cursor | undefined) => Promise<Cursor | undefined>;
}

/** Another departure may come in between. */
const ATTEMPTS = 3;

export class Departures<Cursor> {
  constructor(private readonly parts: DeparturesParts<Cursor>) {}

  /** @param leftAt RFC 3339. References from later memberships stay. */
  async end(departure: Departure, leftAt: string): Promise<void> {
    const { database, memberships } = this.parts;
    const { workspaceId, userId } = departure;
    if (!(await memberships.isKnown(database, workspaceId, userId)) && (await this.isBack(departure, leftAt))) return;
    await memberships.end(database, workspaceId, userId, leftAt);
    await this.clearAll(departure);
  }

  /** Runs `work`, and repeats it after clearing a former membership of a user whom it names. */
  async settled<T>(requestId: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof MembershipNotClearedError) || attempt === ATTEMPTS) throw error;
        const { workspaceId, members } = error;
        for (const { user_id: userId, joined_at: joinedAt } of members) {
          await this.end({ workspaceId, userId, requestId }, justBefore(joinedAt));
        }
      }
    }
  }

  /** Rows from before this table name no membership: they stay with a user who has returned. */
  private async isBack({ workspaceId, userId }: Departure, leftAt: string): Promise<boolean> {
    const { database, members, memberships } = this.parts;
    const [member] = await members.memberships(workspaceId, [userId]);
    if (!member) return false;
    const { joined_at } = member;
    if (joined_at === null) throw new UnavailableError('Auth returned no start of the membership.');
    if (Date.parse(joined_at) <= Date.parse(leftAt)) return false;
    await memberships.enter(database, workspaceId, { user_id: userId, joined_at });
    return true;
  }

  private async clearAll(departure: Departure): Promise<void> {
    const { database, memberships, clear } = this.parts;
    const { workspaceId, userId } = departure;
    const next = async (on: Executor, after: Cursor | undefined): Promise<Cursor | undefined> => {
      if (!(await memberships.lockEnded(on, workspaceId, userId))) return undefined;
      const reached = await clear(on, departure, after);
      if (reached === undefined) await memberships.setCleared(on, workspaceId, userId);
      return reached;
    };
    let reached: Cursor | undefined;
    do {
      const after = reached;
      reached = await database.transaction((on) => next(on, after));
    } while (reached !== undefined);
  }
}

function justBefore(instant: string): string {
  return new Date(Date.parse(instant) - 1).toISOString();
}

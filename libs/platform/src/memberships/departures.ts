// What a module does when somebody leaves a workspace: it ends the membership in its own table, then clears what names the
// user there, a batch per transaction. Any part may run again, on any node.
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
  /** Clears a batch, in a transaction. @param after where the batch before has ended. @returns undefined where nothing is left. */
  clear: (on: Executor, departure: Departure, after: Cursor | undefined) => Promise<Cursor | undefined>;
}

/** As often as another departure may come in between. */
const ATTEMPTS = 3;

export class Departures<Cursor> {
  constructor(private readonly parts: DeparturesParts<Cursor>) {}

  /** @param leftAt RFC 3339: what the user was given by a membership that began later stays. */
  async end(departure: Departure, leftAt: string): Promise<void> {
    const { database, memberships } = this.parts;
    const { workspaceId, userId } = departure;
    if (!(await memberships.isKnown(database, workspaceId, userId)) && (await this.isBack(departure, leftAt))) return;
    await memberships.end(database, workspaceId, userId, leftAt);
    await this.clearAll(departure);
  }

  /** Runs `work`, and again where a former membership of somebody whom it names had to be cleared first. */
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

  /** What was written before there was this table tells of no membership: it stays with a user who is back. */
  private async isBack({ workspaceId, userId }: Departure, leftAt: string): Promise<boolean> {
    const { database, members, memberships } = this.parts;
    const [member] = await members.memberships(workspaceId, [userId]);
    if (!member) return false;
    const { joined_at } = member;
    if (joined_at === null) throw new UnavailableError('Auth does not say since when somebody is a member.');
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

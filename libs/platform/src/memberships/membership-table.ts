// The table of memberships in the schema of every module whose rows name members of a workspace: it orders the end of a
// membership and the writes that rely on it.
// A released version of this DDL never changes: an alteration is a new function, called by a new migration.

export function createMembershipV1(schema: string): string[] {
  return [
    // One row per user and workspace, of the latest membership known here. `joined_at` and `ended_at` are by the clock of
    // auth's database. `cleared`: nothing in the module names the user by this membership any more.
    `CREATE TABLE "${schema}"."membership" (
      "workspace_id" uuid NOT NULL,
      "user_id" uuid NOT NULL,
      "joined_at" timestamptz(3) NOT NULL,
      "ended_at" timestamptz(3),
      "cleared" boolean NOT NULL DEFAULT false,
      PRIMARY KEY ("workspace_id", "user_id")
    )`,
  ];
}

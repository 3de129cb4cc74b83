import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the deletion of a workspace, which looks at ended invites as well. */
export class InvitesOfWorkspace1763795000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX "invite_of_workspace" ON "auth"."invite" ("workspace_id", "id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "auth"."invite_of_workspace"`);
  }
}

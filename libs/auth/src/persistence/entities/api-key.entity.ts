import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { WorkspaceEntity } from './workspace.entity.js';

@Entity({ schema: 'auth', name: 'api_key' })
@Unique('api_key_short_id', ['short_id'])
export class ApiKeyEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  workspace_id: string;

  @ManyToOne(() => WorkspaceEntity)
  @JoinColumn({ name: 'workspace_id', foreignKeyConstraintName: 'api_key_workspace_fk' })
  workspace: WorkspaceEntity;

  @Column('text')
  name: string;

  @Column('text')
  environment: string;

  @Column('text')
  short_id: string;

  @Column('bytea')
  secret_hash: Buffer;

  @Column('text', { array: true })
  scopes: string[];

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at: Date;
}

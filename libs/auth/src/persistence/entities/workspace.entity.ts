import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'auth', name: 'workspace' })
@Index('workspace_default', ['is_default'], { unique: true, where: '"is_default"' })
export class WorkspaceEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  name: string;

  @Column('text', { default: 'UTC' })
  timezone: string;

  @Column('boolean', { default: false })
  is_default: boolean;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at: Date;
}

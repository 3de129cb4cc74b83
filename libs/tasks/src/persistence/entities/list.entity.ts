import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { TITLE_POLICIES, type TitlePolicy } from '../../../contract/words.js';

@Entity({ schema: 'tasks', name: 'list' })
@Index('list_inbox', ['workspace_id'], { unique: true, where: '"is_inbox"' })
@Index('list_by_created', ['workspace_id', 'created_at', 'id'])
export class ListEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  workspace_id: string;

  @Column('text')
  title: string;

  @Column({ type: 'enum', enum: TITLE_POLICIES, enumName: 'title_policy', default: 'any' })
  title_policy: TitlePolicy;

  @Column('text', { nullable: true })
  description: string | null;

  @Column('boolean', { default: false })
  is_inbox: boolean;

  @Column('integer', { default: 1 })
  version: number;

  @Column({ type: 'timestamptz', precision: 3 })
  created_at: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  updated_at: Date;
}

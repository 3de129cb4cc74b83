import { ApiProperty } from '@nestjs/swagger';
import { MomentField, PageInfo, PageQuery, TextField, UuidField } from '@mono/contract';

const MAX_NAME = 255;
const named = (description: string) => ({ description, min: 1, max: MAX_NAME, optional: true });

export class AuditQuery extends PageQuery {
  @TextField(named('Action, such as `dead_letter.retried`.'))
  action?: string;

  @TextField(named('Id of the key, user or system that acted.'))
  actor_id?: string;

  @UuidField({ description: 'Entries of this workspace.', optional: true })
  workspace_id?: string;

  @MomentField({ description: 'Entries at or after this instant, or the beginning of this day.', optional: true })
  from?: string;

  @MomentField({ description: 'Entries before this instant, or the beginning of this day.', optional: true })
  to?: string;
}

export class AuditActor {
  @ApiProperty({ type: String, example: 'api_key' })
  kind: string;

  @ApiProperty({ type: String, example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;
}

export class AuditEntry {
  @ApiProperty({ type: 'integer', description: 'Position in the chain, without gaps.', example: 1 })
  seq: number;

  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ type: String, example: 'dead_letter.retried' })
  action: string;

  @ApiProperty({ type: AuditActor })
  actor: AuditActor;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  workspace_id: string | null;

  @ApiProperty({ type: String, nullable: true })
  request_id: string | null;

  @ApiProperty({
    type: String,
    description: 'Origin of the call: an address, `http`, `nats` or `cli`.',
    example: 'cli',
  })
  source: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Facts about the action, without secrets.' })
  details: Record<string, unknown>;

  @ApiProperty({ type: String, description: 'HMAC-SHA-256 over the row and the previous hash, hexadecimal.' })
  hash: string;
}

export class AuditPage {
  @ApiProperty({ type: [AuditEntry] })
  items: AuditEntry[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export const AUDIT_FAULTS = [
  'changed',
  'removed',
  'reordered',
  'forged_anchor',
  'checkpoint_mismatch',
  'forged_checkpoint',
] as const;

export class AuditFault {
  @ApiProperty({ type: 'integer', description: 'Position in the chain.', example: 42 })
  seq: number;

  @ApiProperty({ enum: AUDIT_FAULTS, example: 'changed' })
  what: (typeof AUDIT_FAULTS)[number];
}

export class AuditRestore {
  @ApiProperty({ type: 'integer', description: 'Position of the entry that records it.', example: 101 })
  seq: number;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ type: String, example: 'The disk of the database failed.' })
  reason: string;

  @ApiProperty({ type: String, example: 'cli:root' })
  accepted_by: string;

  @ApiProperty({ type: 'integer', description: 'First position known to be missing.', example: 101 })
  missing_from: number;

  @ApiProperty({ type: 'integer', description: 'Last position known to be missing.', example: 145 })
  missing_to: number;

  @ApiProperty({ type: String, description: 'Hash of the checkpoint at the last position, hexadecimal.' })
  checkpoint: string;
}

export class AuditVerdict {
  @ApiProperty({ type: Boolean })
  ok: boolean;

  @ApiProperty({ type: 'integer', description: 'Rows verified.', example: 1200 })
  rows: number;

  @ApiProperty({ type: 'integer', description: 'Last position of the chain.', example: 1200 })
  head_seq: number;

  @ApiProperty({
    type: Boolean,
    description:
      'Whether a signed checkpoint outside of the database was available. Without one, a loss of the newest rows goes unnoticed.',
  })
  checkpoint: boolean;

  @ApiProperty({ type: AuditFault, nullable: true, description: 'First fault.' })
  fault: AuditFault | null;

  @ApiProperty({
    type: [AuditRestore],
    description: 'Restores of the database from a backup that operators have accepted.',
  })
  restores: AuditRestore[];
}

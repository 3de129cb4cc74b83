// Changes that a node pushes to a client on NATS, for as long as the client renews its lease.
import { ApiProperty } from '@nestjs/swagger';
import { IntegerField, OmitType, UuidField } from '@mono/contract';
import { ChangePage, ChangesQuery } from './change.dto.js';

/** The duration of a lease. The client renews it earlier, with its latest `next_token`. */
export const LEASE_SECONDS = 30;
/** A client that receives nothing for twice as long renews its lease. */
export const HEARTBEAT_SECONDS = 2;
/** Maximum changes per lease. */
export const LEASE_CHANGES = 1_000;
/** Maximum bytes per lease; its last message may exceed it. */
export const LEASE_BYTES = 1_048_576;

export class FollowChanges extends OmitType(ChangesQuery, ['wait']) {
  @UuidField({
    description: 'Chosen by the client, the same at each renewal. Changes arrive at `push.<NATS user>.<follow_id>`.',
  })
  follow_id: string;

  @IntegerField({
    description:
      'The number of the lease: 1, and one more at each renewal. A higher lease replaces a lower one. Ignore messages of other leases.',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  })
  lease: number;
}

/** A lease as the module grants it. */
export class GrantedLease {
  @ApiProperty({ type: 'integer' })
  lease: number;

  @ApiProperty({ type: String, description: 'How long the lease lasts.', example: 'PT30S' })
  expires_in: string;

  @ApiProperty({
    type: String,
    description: 'The longest time between two messages. Renew when none has come for twice as long.',
    example: 'PT2S',
  })
  heartbeat: string;

  @ApiProperty({ type: String, description: 'Where the lease begins: `since`, or the current token without it.' })
  next_token: string;
}

export class FollowLease extends GrantedLease {
  @ApiProperty({ type: String, description: 'The subject that receives the changes. Subscribe to it before the call.' })
  subject: string;
}

/** A lease has ended; the codes of errors are those of `findChanges`. */
export class FollowEnd {
  @ApiProperty({
    type: String,
    description:
      '`credit_used` after 1,000 changes or 1 MiB, `lease_expired`, `stopping`: renew. `taken_over`: another lease has the same id. `revoked`: the credential is no longer valid. Or the code of an error, such as `token_expired`.',
    example: 'credit_used',
  })
  code: string;

  @ApiProperty({ type: String })
  message: string;
}

/** A message. Without items and `end`, it is a heartbeat. */
export class FollowedChanges extends ChangePage {
  @ApiProperty({ type: 'integer' })
  lease: number;

  @ApiProperty({
    type: String,
    description: 'The token before these changes. If the client has another one, a message was lost: renew the lease.',
  })
  since: string;

  @ApiProperty({ type: FollowEnd, nullable: true, description: 'Set in the last message of the lease.' })
  end: FollowEnd | null;
}

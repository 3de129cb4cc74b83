import { ApiProperty } from '@nestjs/swagger';
import { EnumField, MEASURED_DURATION, PageInfo, PageQuery, UuidField } from '@mono/contract';

const id = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

const status = {
  description:
    '`pending`: will be sent, or sent again; `delivered`: answered with 2xx; `failed`: the last attempt has failed, too; `cancelled`: the webhook was disabled.',
  values: DELIVERY_STATUSES,
  enumName: 'WebhookDeliveryStatus',
  example: 'delivered',
};

export class DeliveryAttempt {
  @ApiProperty(instant)
  at: string;

  @ApiProperty({ ...MEASURED_DURATION, nullable: true, description: 'ISO 8601.', example: 'PT0.123S' })
  duration: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The HTTP status of the answer.', example: 200 })
  status: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The kind of failure if there was no answer, such as `timeout`, `dns` or `refused_address`.',
    example: null,
  })
  error: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The failure in words.', example: null })
  message: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The beginning of the answer’s body.', example: 'ok' })
  response_start: string | null;
}

export class WebhookDelivery {
  @UuidField({ description: 'The header `webhook-id`, the same for all attempts. UUIDv7.', example: id })
  id: string;

  @UuidField({ description: 'The webhook.', example: id })
  webhook_id: string;

  @ApiProperty({ type: String, description: 'The type of the event as it is sent.', example: 'tasks.completed' })
  type: string;

  @ApiProperty({ type: String, format: 'uuid', description: '`data.id` of the payload.', example: id })
  event_id: string;

  @EnumField(status)
  status: DeliveryStatus;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Attempts since the first one or since `redeliver`.',
    example: 1,
  })
  attempts: number;

  @ApiProperty({
    ...instant,
    nullable: true,
    description: 'The earliest time of the next attempt, while it is pending.',
  })
  next_attempt_at: string | null;

  @ApiProperty({ type: DeliveryAttempt, nullable: true, description: 'null: none yet.' })
  last_attempt: DeliveryAttempt | null;

  @ApiProperty(instant)
  created_at: string;
}

export class WebhookDeliveryDetails extends WebhookDelivery {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The body of the request, as far as the caller may read it now.',
    example: '{"type":"tasks.completed","timestamp":"2026-05-01T09:00:00.000Z","data":{}}',
  })
  request_body: string | null;
}

export class DeliveryQuery extends PageQuery {
  @EnumField({ ...status, description: 'Only deliveries with this status.', optional: true })
  status?: DeliveryStatus;
}

export class DeliveryPage {
  @ApiProperty({ type: [WebhookDelivery] })
  items: WebhookDelivery[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

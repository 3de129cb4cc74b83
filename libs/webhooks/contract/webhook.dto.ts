import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanField,
  DurationField,
  PageInfo,
  PageQuery,
  PartialType,
  ReadOnlyFieldsOf,
  TextField,
  TextsField,
  UuidField,
} from '@mono/contract';
import { MAX_FILTER_CHARACTERS } from '@mono/tasks/contract';

const id = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

const MAX_URL_CHARACTERS = 2_048;
const MAX_EVENT_TYPES = 100;
const MAX_EVENT_TYPE_CHARACTERS = 128;
const MAX_DESCRIPTION_CHARACTERS = 1_000;

/**
 * `failing`: all attempts of some days have failed; `gone`: the receiver has answered 410; `backlog`: too many deliveries are pending;
 * `creator`: the creator has lost the right to manage webhooks; `filter`: the filter cannot be used any more.
 */
export const DISABLED_REASONS = ['failing', 'gone', 'backlog', 'creator', 'filter'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

const url = {
  description: 'The URL that events are sent to by POST.',
  example: 'https://example.com/hooks/mono',
  min: 1,
  max: MAX_URL_CHARACTERS,
};
const eventTypes = {
  description:
    'The types of the events to send, such as `tasks.completed`. `tasks.*` stands for all of a module, `*` for all. The creator must have the scope to read them.',
  example: ['tasks.*', 'time-tracking.entry_created'],
  minItems: 1,
  maxItems: MAX_EVENT_TYPES,
  max: MAX_EVENT_TYPE_CHARACTERS,
  unique: true,
};
const listId = {
  description:
    'Only events of this list and of what is in it; null: of all lists that the creator may read. A thing that is moved out of the list is sent as deleted, one that is moved into it as created.',
  nullable: true,
  example: null,
};
const filter = {
  description:
    'Only events of tasks that match this filter before or after the change, as `GET /v1/tasks?filter=` has it; not together with `filter_id`. Events of other things are not sent. `me` is the creator; dates are relative to the change.',
  nullable: true,
  example: null,
  min: 1,
  max: MAX_FILTER_CHARACTERS,
  notBlank: true,
};
const filterId = {
  description: 'The same by a saved filter that the creator may read. A change of it applies to the next events.',
  nullable: true,
  example: null,
};
const description = {
  description: 'The purpose of the webhook.',
  example: 'Wallboard',
  max: MAX_DESCRIPTION_CHARACTERS,
};
const enabled = {
  description:
    'Whether events are sent. While a webhook is disabled, events are not recorded for it; deliveries that are pending are cancelled.',
  example: true,
};

export class WebhookCreator {
  @ApiProperty({ type: String, enum: ['api_key', 'user'], example: 'user' })
  kind: 'api_key' | 'user';

  @ApiProperty({ type: String, description: 'The id of the API key or of the user.', example: id })
  id: string;
}

/** Sends events of the workspace to a URL (Standard Webhooks), as far as its creator may read them at that time. */
export class Webhook {
  @UuidField({ description: 'UUIDv7.', example: id })
  id: string;

  @TextField(url)
  url: string;

  @ApiProperty({ type: [String], description: eventTypes.description, example: eventTypes.example })
  event_types: string[];

  @UuidField(listId)
  list_id: string | null;

  @TextField(filter)
  filter: string | null;

  @UuidField(filterId)
  filter_id: string | null;

  @TextField(description)
  description: string;

  @BooleanField(enabled)
  enabled: boolean;

  @ApiProperty({
    type: String,
    enum: [...DISABLED_REASONS, null],
    nullable: true,
    description:
      'Why the service has disabled the webhook: `failing`, all attempts of some days have failed; `gone`, the receiver has answered 410; `backlog`, too many deliveries were pending; `creator`, the creator may not manage webhooks any more; `filter`, the filter was deleted or names what does not exist any more. null: it is enabled, or a caller has disabled it.',
    example: null,
  })
  disabled_reason: DisabledReason | null;

  @ApiProperty({
    type: WebhookCreator,
    description: 'Only events that the creator may read at the time of sending are sent.',
  })
  creator: WebhookCreator;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Pending deliveries.', example: 0 })
  pending: number;

  @ApiProperty({
    ...instant,
    nullable: true,
    description: 'The first failed attempt since the last success; null: the last attempt has succeeded.',
  })
  failing_since: string | null;

  @ApiProperty({
    ...instant,
    nullable: true,
    description: 'After a rotation: until when attempts are signed with the previous secret, too.',
  })
  previous_secret_expires_at: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Incremented by each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

export class NewWebhook extends Webhook {
  @ApiProperty({
    type: String,
    description: 'The secret that signs each attempt (HMAC-SHA-256). No later answer shows it.',
    example: 'whsec_…44 characters…',
  })
  secret: string;
}

@ReadOnlyFieldsOf(() => Webhook)
export class CreateWebhook {
  @TextField(url)
  url: string;

  @TextsField(eventTypes)
  event_types: string[];

  @UuidField({ ...listId, optional: true })
  list_id?: string | null;

  @TextField({ ...filter, optional: true })
  filter?: string | null;

  @UuidField({ ...filterId, optional: true })
  filter_id?: string | null;

  @TextField({ ...description, optional: true, default: '' })
  description?: string;

  @BooleanField({ ...enabled, optional: true, default: true })
  enabled?: boolean;
}

/** JSON Merge Patch: absent means unchanged. */
export class WebhookPatch extends PartialType(CreateWebhook) {}

export class RotateWebhookSecret {
  @DurationField({
    description: 'How long attempts are signed with the previous secret, too: 30 days at most.',
    optional: true,
    default: 'P1D',
    example: 'P1D',
  })
  overlap?: string;
}

export class WebhookQuery extends PageQuery {}

export class WebhookPage {
  @ApiProperty({ type: [Webhook] })
  items: Webhook[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

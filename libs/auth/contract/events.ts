// The events of this module: subjects `events.auth.v1.<event>` on the stream EVENTS_AUTH. They name credentials by their
// ids; nothing secret, nor a hash of it, is ever in one.
import { defineEvent } from '@mono/bus';

export const API_KEY_EVENTS = ['api_key_created', 'api_key_updated', 'api_key_rotated', 'api_key_revoked'] as const;
export type ApiKeyEventName = (typeof API_KEY_EVENTS)[number];

export const WORKSPACE_EVENTS = ['workspace_created', 'workspace_updated'] as const;
export type WorkspaceEventName = (typeof WORKSPACE_EVENTS)[number];

/** The JSON body of an event. */
export class AuthEvent {
  /** UUIDv7; also the message's `Nats-Msg-Id`. */
  id: string;
  event: ApiKeyEventName | WorkspaceEventName;
  aggregate: 'api_key' | 'workspace';
  aggregate_id: string;
  version: number;
  workspace_id: string;
  /** RFC 3339, UTC. */
  occurred_at: string;
  actor: { kind: 'api_key' | 'user' | 'system'; id: string };
  request_id: string;
  /** Where the actor spoke from: an address, `nats` or `cli`. */
  source: string;
  /** Old and new value of each changed field, by its REST name. */
  changes: Record<string, { from: unknown; to: unknown }>;
  /** W3C, where calls are traced. */
  traceparent?: string;
}

/** All of them: whoever remembers what a credential may do hears them, on every node. */
export const authEvents = defineEvent({ module: 'auth', name: '*', event: AuthEvent });

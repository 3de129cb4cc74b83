// Events that commit with their change: the outbox of the module that writes them, the inbox of the one that consumes them.
export { createInboxV1 } from './inbox-table.js';
export { onceByInbox, pruneInbox, type InboxTransaction } from './inbox.js';
export { OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';
export { OutboxSignal } from './outbox-signal.js';
export { alterOutboxV2, createOutboxV1 } from './outbox-table.js';
export { republishEvents } from './republish.js';
export { reconcileEventStream } from '../streams/event-stream.js';

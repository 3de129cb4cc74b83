/** Limit of a request's body, over REST and NATS alike. */
export const MAX_BODY_BYTES = 1024 * 1024;

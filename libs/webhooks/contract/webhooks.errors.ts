import { defineErrors, notFound } from '@mono/contract';

export const webhooksErrors = defineErrors({
  webhook_not_found: notFound('webhook'),
  delivery_not_found: notFound('delivery'),
  list_not_found: notFound('list'),
  filter_not_found: notFound('filter'),
  too_many_webhooks: {
    status: 409,
    message: ({ limit }: { limit: number }) =>
      `The workspace has ${limit} webhooks, which is the limit: delete one first.`,
  },
  webhook_disabled: { status: 409, message: 'The webhook is disabled: enable it first.' },
  secret_already_shown: { status: 409, message: 'The answer to this request showed a secret and is not kept.' },
});

import { defineErrors, notFound } from '@mono/contract/errors';

export const adminErrors = defineErrors({
  dead_letter_not_found: notFound('dead_letter'),
  dead_letter_retried: { status: 409, message: 'The dead letter is being tried again.' },
  dead_letter_discarded: { status: 409, message: 'The dead letter was discarded.' },
});

import { defineErrors } from '@mono/contract';

export const notificationsErrors = defineErrors({
  unsubscribe_link_invalid: {
    status: 422,
    message: 'The link is invalid: copy the whole link from the mail, or turn the mails off in your settings.',
  },
});

// Where the links in mails lead: `<PUBLIC_URL><path>?token=<token>`.

export const LINK_KINDS = ['verify', 'reset', 'change_email', 'invite'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export const LINK_PATHS: Readonly<Record<LinkKind, string>> = {
  verify: '/verify-email',
  reset: '/reset-password',
  change_email: '/confirm-email-change',
  invite: '/accept-invite',
};

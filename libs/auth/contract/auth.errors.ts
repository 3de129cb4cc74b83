// The errors of this module about workspaces, members, invites and API keys, beyond those that every module shares.
import { defineErrors, notFound } from '@mono/contract/errors';

/** By one user. */
export const MAX_OWNED_WORKSPACES = 100;

export const authErrors = defineErrors({
  workspace_not_found: notFound('workspace'),
  member_not_found: notFound('member'),
  invite_not_found: notFound('invite'),
  api_key_not_found: notFound('api key'),
  api_key_revoked: { status: 409, message: 'A revoked key stays revoked: make a new one.' },
  /** A workspace keeps an owner. */
  last_owner: {
    status: 409,
    message: 'This is the only owner of the workspace: make another member owner first.',
  },
  already_member: { status: 409, message: 'Who has this address is in the workspace already.' },
  too_many_workspaces: {
    status: 409,
    message: `You own ${MAX_OWNED_WORKSPACES} workspaces, which is the most.`,
  },
  /** The link is unknown, of another kind, used or expired: the answer does not say which. */
  link_invalid: { status: 422, message: 'The link is not valid, or not any more: ask for a new one.' },
});

// The stable error codes about members and invites, beyond those that every module shares.

export const MEMBERS_ERROR_CODES = {
  member_not_found: 404,
  invite_not_found: 404,
  /** Somebody else has to become owner first. */
  last_owner: 409,
  /** Whom the invite is for is in the workspace already. */
  already_member: 409,
  too_many_workspaces: 409,
  link_invalid: 422,
} as const;

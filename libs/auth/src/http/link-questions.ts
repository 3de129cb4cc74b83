// The questions of the pages behind links: for which address, and with an invite to which workspace and by whom.
import type { EmailLink, LinkKind } from '../../contract/index.js';
import {
  LINK_PATHS,
  MAX_NAME_CHARACTERS,
  MAX_PASSWORD_CHARACTERS,
  MIN_PASSWORD_CHARACTERS,
} from '../../contract/index.js';
import type { Question } from './link-page.js';

const LENGTHS = { least: MIN_PASSWORD_CHARACTERS, most: MAX_PASSWORD_CHARACTERS };

type Asked = Omit<Question, 'path' | 'token'>;

const ASKED: Readonly<Record<LinkKind, (about: EmailLink | undefined) => Asked>> = {
  verify: (about) => ({
    title: 'Confirm your address',
    texts: [about ? `Is ${about.address} your address?` : 'Is this your address?'],
    action: 'Confirm',
  }),
  reset: (about) => ({
    title: 'Set a new password',
    texts: [`${about ? `For the account of ${about.address}. ` : ''}You are then signed out everywhere.`],
    action: 'Set password',
    password: { field: 'new_password', ...LENGTHS },
  }),
  change_email: (about) => ({
    title: 'Confirm your new address',
    texts: [`Do you want to use ${about ? about.address : 'this address'} for your account?`],
    action: 'Confirm',
  }),
  invite: (about) => {
    const isNew = about?.name === null;
    return {
      title: 'Join a workspace',
      texts: [...invitationOf(about), ...(isNew ? [] : [accountOf(about)])],
      action: 'Join',
      name: { most: MAX_NAME_CHARACTERS, optional: !isNew },
      password: { field: 'password', ...LENGTHS, optional: !isNew },
    };
  },
};

/** @param about the link; undefined while auth does not answer. */
export function questionOf(kind: LinkKind, token: string, about: EmailLink | undefined): Question {
  return { ...ASKED[kind](about), path: LINK_PATHS[kind], token };
}

function invitationOf(about: EmailLink | undefined): string[] {
  if (!about?.invite) return [];
  const { workspace, invited_by, role } = about.invite;
  const begin = invited_by === null ? 'You are invited' : `${invited_by} invites you`;
  return [
    `${begin} to join the workspace “${workspace}” with the role ${role}.`,
    `The invite is for ${about.address}.`,
  ];
}

function accountOf(about: EmailLink | undefined): string {
  const known = about ? 'An account has this address' : 'If an account has this address';
  return `${known}${about ? ':' : ','} leave the fields empty. They are needed only if the address is not confirmed yet.`;
}

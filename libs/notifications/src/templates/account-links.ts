// Mails about an account whose point is a link that works once.
import { layout, worksOnce, type Content, type LinkData } from './layout.js';
import { oneLine } from './sanitize.js';

export function verifyEmail(data: LinkData): Content {
  return layout({
    subject: 'Confirm your email address',
    name: data.name,
    before: ['Welcome to Mono. Please confirm your email address.'],
    action: { label: 'Confirm the address', link: data.link },
    after: [`${worksOnce(data)}.`, 'If you did not sign up, ignore this mail.'],
  });
}

/** To the owner of an account whose address was used to sign up again. */
export function signUpRepeated(data: LinkData): Content {
  return layout({
    subject: 'You already have an account',
    name: data.name,
    before: [
      'Someone signed up with this email address, which already has an account. Your account is unchanged.',
      'If you forgot your password, choose a new one.',
    ],
    action: { label: 'Choose a new password', link: data.link },
    after: [`${worksOnce(data)}.`, 'If this wasn’t you, ignore this mail.'],
  });
}

export function resetPassword(data: LinkData): Content {
  return layout({
    subject: 'Reset your password',
    name: data.name,
    before: ['A password reset was requested for your account.'],
    action: { label: 'Choose a new password', link: data.link },
    after: [`${worksOnce(data)}.`, 'If this wasn’t you, ignore this mail. Your password stays unchanged.'],
  });
}

/** To the new address, which is used only after its link was opened. */
export function changeEmail(data: LinkData): Content {
  return layout({
    subject: 'Confirm your new email address',
    name: data.name,
    before: ['You requested to use this address for your account. Please confirm it.'],
    action: { label: 'Confirm the new address', link: data.link },
    after: [
      `${worksOnce(data)}. Your previous address stays in use until then.`,
      'If you did not request this, ignore this mail.',
    ],
  });
}

export interface Invite extends LinkData {
  inviterName: string;
  workspaceName: string;
}

/** Often the first mail that a stranger gets, so it explains how to handle a wrong one. */
export function invite(data: Invite): Content {
  const [inviter, workspace] = [oneLine(data.inviterName), oneLine(data.workspaceName)];
  return layout({
    subject: `${inviter} invites you to ${workspace}`,
    name: data.name,
    before: [`${inviter} invites you to join the workspace “${workspace}” on Mono.`],
    action: { label: 'Accept the invitation', link: data.link },
    after: [`${worksOnce(data)}.`, `If you do not know ${inviter}, ignore this mail.`],
  });
}

import { layout, worksOnce, type Content, type LinkData } from './layout.js';

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

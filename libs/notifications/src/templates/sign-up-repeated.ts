import { layout, worksOnce, type Content, type LinkData } from './layout.js';

/** To who has an account, when somebody signs up with their address. */
export function signUpRepeated(data: LinkData): Content {
  return layout({
    subject: 'You have an account already',
    name: data.name,
    before: [
      'Somebody, hopefully you, signed up with this email address. You have an account with it already, and nothing of it has changed.',
      'If you do not know its password any more, set a new one.',
    ],
    action: { label: 'Choose a new password', link: data.link },
    after: [`${worksOnce(data)}.`, 'If it was not you, just ignore this mail.'],
  });
}

import { layout, worksOnce, type Content, type LinkData } from './layout.js';

/** To who has just signed up. */
export function verifyEmail(data: LinkData): Content {
  return layout({
    subject: 'Confirm your email address',
    name: data.name,
    before: ['Welcome! Please confirm that this is your email address.'],
    action: { label: 'Confirm my address', link: data.link },
    after: [`${worksOnce(data)}.`, 'If you did not sign up, just ignore this mail.'],
  });
}

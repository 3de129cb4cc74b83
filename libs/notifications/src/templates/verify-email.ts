import { layout, worksOnce, type Content, type LinkData } from './layout.js';

export function verifyEmail(data: LinkData): Content {
  return layout({
    subject: 'Confirm your email address',
    name: data.name,
    before: ['Welcome to Mono. Please confirm your email address.'],
    action: { label: 'Confirm the address', link: data.link },
    after: [`${worksOnce(data)}.`, 'If you did not sign up, ignore this mail.'],
  });
}

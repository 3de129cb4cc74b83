import { layout, worksOnce, type Content, type LinkData } from './layout.js';

export function resetPassword(data: LinkData): Content {
  return layout({
    subject: 'Reset your password',
    name: data.name,
    before: ['A password reset was requested for your account.'],
    action: { label: 'Choose a new password', link: data.link },
    after: [`${worksOnce(data)}.`, 'If this wasn’t you, ignore this mail. Your password stays unchanged.'],
  });
}

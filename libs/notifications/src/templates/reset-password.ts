import { layout, worksOnce, type Content, type LinkData } from './layout.js';

/** To whose password somebody wants to reset. */
export function resetPassword(data: LinkData): Content {
  return layout({
    subject: 'Reset your password',
    name: data.name,
    before: ['Somebody, hopefully you, asked to reset your password.'],
    action: { label: 'Choose a new password', link: data.link },
    after: [`${worksOnce(data)}.`, 'If it was not you, ignore this mail: your password stays as it is.'],
  });
}

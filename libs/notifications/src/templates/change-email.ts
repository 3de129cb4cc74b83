import { layout, worksOnce, type Content, type LinkData } from './layout.js';

/** To the new address, which counts only after the link was followed. */
export function changeEmail(data: LinkData): Content {
  return layout({
    subject: 'Confirm your new email address',
    name: data.name,
    before: ['You asked to use this address for your account. Please confirm that it is yours.'],
    action: { label: 'Use this address', link: data.link },
    after: [
      `${worksOnce(data)}. Until you follow it, your former address counts.`,
      'If you did not ask for this, just ignore this mail.',
    ],
  });
}

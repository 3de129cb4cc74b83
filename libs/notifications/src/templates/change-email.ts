import { layout, worksOnce, type Content, type LinkData } from './layout.js';

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

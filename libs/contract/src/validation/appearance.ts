// How things that users arrange look: a color and an icon.
import { applyDecorators } from '@nestjs/common';
import { FormattedField, type FieldOptions } from './fields.js';
import { ReadFromText } from './input-metadata.js';

const MAX_ICON_UNITS = 40;
const COLOR = /^#[0-9a-f]{6}$/;
const ICON_NAME = /^[a-z0-9-]{1,40}$/;
/** Anchored, so that it is one emoji. The pictographs alone are those that lack a variation selector. */
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})$/v;

/** `#rrggbb` in lower case. */
export function isColor(value: unknown): boolean {
  return typeof value === 'string' && COLOR.test(value);
}

/** One emoji, or a short name such as `shopping-cart`. */
export function isIcon(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_ICON_UNITS && (ICON_NAME.test(value) || EMOJI.test(value));
}

/** Read in any case, kept in lower case. */
export function ColorField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    ReadFromText((value) => (typeof value === 'string' ? value.toLowerCase() : value)),
    FormattedField(options, 'color', isColor, 'must be a color such as #2e7d32', {
      type: String,
      pattern: '^#[0-9a-fA-F]{6}$',
    }),
  );
}

export function IconField(options: FieldOptions): PropertyDecorator {
  const issue = 'must be one emoji, or a name of at most 40 letters a-z, digits and hyphens such as shopping-cart';
  return FormattedField(options, 'icon', isIcon, issue, { type: String, minLength: 1, maxLength: MAX_ICON_UNITS });
}

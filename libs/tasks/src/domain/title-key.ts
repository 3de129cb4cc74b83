// When two titles are the same: trimmed, NFC, full Unicode case folding (ß = ss).

/**
 * Upper case first, then lower: upper case expands what full folding expands (ß → SS, ﬁ → FI, ŉ → ʼN), and brings the
 * variants of a letter together (σ and ς → Σ). What upper-casing keeps apart and folding does not is mended by hand: the
 * capital ẞ. What it brings together and folding does not is kept apart by hand: ı, without a dot, is no i. İ becomes i
 * with a dot above, as in folding. Cherokee folds to upper case; lower case is as good a key.
 */
export function titleKey(title: string): string {
  return title
    .trim()
    .normalize('NFC')
    .replaceAll('ẞ', 'ss')
    .split('ı')
    .map((part) => part.toUpperCase().toLowerCase())
    .join('ı')
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}

// When two titles are the same: trimmed, NFC, full Unicode case folding (ß = ss).

/**
 * Upper case first, then lower: upper case expands what full folding expands (ß → SS, ﬁ → FI, ŉ → ʼN), and brings the
 * variants of a letter together (σ and ς → Σ). What upper-casing keeps apart and folding does not is mended by hand: the
 * capital ẞ, and İ, which folds to i with a dot above. Cherokee folds to upper case, which is as good a key.
 */
export function titleKey(title: string): string {
  return title
    .trim()
    .normalize('NFC')
    .replaceAll('ẞ', 'ss')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}

/** The different words of a search, without the punctuation around them; a word of nothing else stays as it is. */
export function wordsOf(search: string): string[] {
  const words = search
    .toWellFormed()
    .replaceAll('\0', ' ')
    .normalize('NFKC')
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') || word)
    .filter((word) => word !== '');
  return [...new Set(words)];
}

/** Scripts that put no spaces between words: Chinese, Japanese, and those of South-East Asia. Korean has spaces. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}\p{sc=Yi}]/u;

/** Says whether a character is of a script that puts no spaces between words. */
export function isUnspaced(character: string | undefined): boolean {
  return character !== undefined && unspaced.test(character);
}

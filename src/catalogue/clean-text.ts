/** Returns a text in one line: composed characters, single spaces, and no others that can't be seen but joiners. */
export function cleanText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\s\p{Cc}\u200b\ufeff]+/gu, " ")
    .toWellFormed()
    .trim();
}

/** Reports why the text of a file can't be read: a sentence without a full stop. */
export class TextFault extends Error {
  override readonly name = "TextFault";
}

/** The media type of files beside the images of an object that are sent to people: no others are taken. */
export const attachmentType = "application/pdf";

/** Whether a file that lies beside images is one for people to open, by its name. */
export function isAttachment(name: string): boolean {
  return /\.pdf$/i.test(name);
}

/** Returns the key, in the catalogue, of a file that lies beside the images of an object. */
export function attachmentKey(object: string, file: string): string {
  return `attachments/${object}/${file}`;
}

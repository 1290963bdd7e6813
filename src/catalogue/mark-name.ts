/** What a mark may be called: lower-case letters, digits and hyphens. */
export const markNamePattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Returns the key, in the catalogue, of the picture of a mark. */
export function markKey(name: string): string {
  return `marks/${name}.png`;
}

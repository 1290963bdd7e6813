/** A page that tells a viewer something. */
interface TokenPage {
  /** As JSON. */
  readonly message: object;
  /** The origin that is told it, and no other; undefined for none. */
  readonly target: string | undefined;
  /** In base64url. */
  readonly scriptNonce: string;
}

/**
 * Returns the page that stands in a frame of a viewer and tells it a token. What is written into its script is JSON in which
 * nothing ends a script or a line. Source: Authorization Flow 2.0 §4.3; ECMA-262 §12.3.
 */
export function formatTokenPage({ message, target, scriptNonce }: TokenPage): string {
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Token</title>';
  if (target === undefined)
    return `${head}<p>A viewer asks here for a token, and says rightly where it is itself.</p></html>`;
  return `${head}<script nonce="${scriptNonce}">parent.postMessage(${inScript(message)}, ${inScript(target)})</script></html>`;
}

function inScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

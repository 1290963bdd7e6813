import { ImageError } from "../error.ts";

/** Returns the error for a master that breaks its own format; `detail` says where, for the log. */
export function malformed(detail: string, cause?: unknown): ImageError {
  const message = "The stored image is damaged: its structure can't be read.";
  return new ImageError("source-malformed", message, { detail, cause });
}

/**
 * Returns the error for a master that is valid but not read; `what` ends the sentence "The stored image ...". What mends
 * it is for those who look after the masters: `tessera check` says it.
 */
export function unsupported(what: string): ImageError {
  return new ImageError("source-unsupported", `The stored image ${what}.`);
}

/** Returns whether an error is the fault of the file being read: broken, or in a form that is not supported. */
function isOfFile(error: unknown): boolean {
  return error instanceof ImageError && (error.code === "source-malformed" || error.code === "source-unsupported");
}

/** Returns the result of `read`, or undefined if the file is at fault. Throws what storage throws. */
export async function unlessBroken<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isOfFile(error)) return undefined;
    throw error;
  }
}

/** Returns the result of `parse`, or undefined if its input is at fault. Throws other errors. */
export function unlessMalformed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (isOfFile(error)) return undefined;
    throw error;
  }
}

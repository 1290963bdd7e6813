import { ImageError } from "../error.ts";

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

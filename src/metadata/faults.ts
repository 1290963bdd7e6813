import { ImageError } from "../error.ts";

/** Says whether an error is of the file that is read: broken, or in a form that is not read. */
function isOfFile(error: unknown): boolean {
  return error instanceof ImageError && (error.code === "source-malformed" || error.code === "source-unsupported");
}

/** Returns what `read` gives, or undefined where the file is at fault. Throws what storage throws. */
export async function unlessBroken<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isOfFile(error)) return undefined;
    throw error;
  }
}

/** Returns what `parse` gives, or undefined where what it parses is at fault. Throws what else goes wrong. */
export function unlessMalformed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (isOfFile(error)) return undefined;
    throw error;
  }
}

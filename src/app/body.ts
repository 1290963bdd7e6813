import { ImageError } from "../error.ts";

/** Returns the body of a request as JSON. Throws `body-malformed` for what is not JSON. */
export async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ImageError("body-malformed", "The body is not JSON.", { cause });
  }
}

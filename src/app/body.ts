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

/** Returns the fields of a form that was sent, each by its first value. Throws `body-malformed` for what is no form. */
export async function readForm(request: Request): Promise<Readonly<Record<string, string>>> {
  try {
    const fields: Record<string, string> = {};
    for (const [name, value] of await request.formData()) if (typeof value === "string") fields[name] ??= value;
    return fields;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new ImageError("body-malformed", "The body is not a form.", { cause });
  }
}

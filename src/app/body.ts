import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { DeadlinePassed, withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import type { Door } from "./door.ts";

/** For how long a body may be on its way, in seconds. */
const bodySeconds = 30;

/**
 * Reads the body of a request before its handler, which is given all of it: no more than `mostBytes`, and in some seconds.
 * Answers `body-too-large` and 408.
 */
export function limitBody(mostBytes: number): MiddlewareHandler<Door> {
  const limit = bodyLimit({ maxSize: mostBytes, onError: (c) => c.env.fail(tooLarge(mostBytes)) });
  const noHandler = async (): Promise<void> => {};
  return async (c, next) => {
    if (c.req.raw.body === null || isReading(c.req.raw)) return next();
    const read = async () => {
      const refusal = await limit(c, noHandler);
      // One whose length is stated is left to be read.
      if (refusal === undefined) c.req.raw = new Request(c.req.raw, { body: await c.req.raw.arrayBuffer() });
      return refusal;
    };
    const refusal = await withDeadline(c.env.services.clock, bodySeconds, read).catch((cause: unknown) => {
      if (!(cause instanceof DeadlinePassed)) throw cause;
      throw new HTTPException(408, { message: "The body of the request did not come in time.", cause });
    });
    return refusal ?? next();
  };
}

/** What such a request has for a body is not looked at. */
function isReading({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function tooLarge(mostBytes: number): ImageError {
  return new ImageError("body-too-large", `The body is larger than ${mostBytes} bytes.`);
}

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

import { freePort } from "../../demo/server.ts";

/** Returns a free port for the server of a test: from a place of its own, for other files look for theirs at the same time. */
export function testPort(): Promise<number> {
  return freePort(20_000 + Math.floor(Math.random() * 9000));
}

import { freePort } from "../../demo/server.ts";

/**
 * Returns a free port for the server of a test: from a place of its own, for other files look for theirs at the same time.
 * It has four digits, as in the documents: answers that name it are as long as theirs.
 */
export function testPort(): Promise<number> {
  return freePort(3000 + Math.floor(Math.random() * 6500));
}

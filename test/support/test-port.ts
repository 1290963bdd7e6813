import { freePort } from "../../demo/server.ts";

/**
 * Returns a free port for the server of a test: from a place of its own, for other files look for theirs at the same
 * time. It has four digits, as in the documents: answers that name it are as long as theirs. Below 7000 there are ports
 * that neither Node's `fetch` nor a browser speaks to, 6000 and 6697 among them. Source: Fetch Standard, "port blocking".
 */
export function testPort(): Promise<number> {
  return freePort(7000 + Math.floor(Math.random() * 2900));
}

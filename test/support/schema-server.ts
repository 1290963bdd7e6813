import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { TestProject } from "vitest/node";
import { presentationCorpus, presentationFaults } from "./presentation-schema.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `schema-client.ts` reaches the schema of the Presentation API; empty without a corpus. */
    readonly schema: string;
  }
}

/**
 * Lets tests that run in workerd hold documents to the schema of Presentation 3.0, whose validator is compiled in Node. The
 * answer is what is wrong, an array of texts.
 */
export default async function serveSchema(project: TestProject): Promise<() => void> {
  if (presentationCorpus === undefined) {
    project.provide("schema", "");
    return () => undefined;
  }
  const faultsOf = presentationFaults(presentationCorpus);
  const server = createServer(async (request, response) => {
    try {
      response.end(JSON.stringify(faultsOf(await json(request))));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("schema", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.close();
  };
}

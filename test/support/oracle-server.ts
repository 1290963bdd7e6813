import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import sharp, { type Sharp, type SharpOptions } from "sharp";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `oracle.ts` reaches sharp. */
    readonly oracle: string;
  }
}

/** A request to sharp: a picture, or its own description. */
export interface OracleRequest {
  readonly input?: SharpOptions;
  /** Names of sharp's methods with their arguments, in turn. */
  readonly calls: readonly (readonly [string, ...unknown[]])[];
  readonly answer: "picture" | "metadata";
}

/**
 * Lets tests that run in workerd ask sharp, which runs in Node: a decoder and encoder that is not ours. A request is the
 * length of its JSON in 4 bytes, the JSON, and the bytes of a picture.
 */
export default async function serveOracle(project: TestProject): Promise<() => void> {
  const server = createServer(async (request, response) => {
    try {
      const { head, body } = await answer(await readBody(request));
      response.setHeader("X-Picture", head).end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("oracle", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.close();
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function answer(body: Buffer): Promise<{ readonly head: string; readonly body: Buffer }> {
  const end = 4 + body.readUInt32LE(0);
  const { input, calls, answer } = JSON.parse(body.toString("utf8", 4, end)) as OracleRequest;
  const picture = calls.reduce<Sharp>(
    (done, [name, ...values]) =>
      (done as unknown as Record<string, (...values: unknown[]) => Sharp>)[name]!.apply(done, values),
    sharp(body.subarray(end), input),
  );
  if (answer === "metadata") return { head: "{}", body: Buffer.from(JSON.stringify(await picture.metadata())) };
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  return { head: JSON.stringify(info), body: data };
}

// Serves the masters of the benchmark by iiif-processor, the library of serverless-iiif, behind Node's http on 127.0.0.1:
// PORT, JPEG at QUALITY. bench/iiif-processor.ts starts it: node bench/iiif-processor-service.ts PORT QUALITY.
import { createReadStream } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { Processor, type StreamResolver } from "iiif-processor";
import sharp, { type Sharp } from "sharp";
import type { Size } from "../src/geometry.ts";
import { findSource, pathOf } from "./sources.ts";

const [port = Number.NaN, quality = Number.NaN] = process.argv.slice(2).map(Number);
const readBytes = 1 << 20;
sharp.cache(false);
sharp.concurrency(1);

/** Sizes of the levels by name, which serverless-iiif too asks for but once: they are stored with the object. */
const levels = new Map<string, Promise<Size[]>>();

/** One picture is drawn after the other, as by an instance of a Lambda: each takes the whole file into memory. */
let drawn: Promise<void> = Promise.resolve();

createServer((request, response) => {
  if (request.url === "/health") response.end();
  else drawn = drawn.then(() => answer(`http://127.0.0.1:${port}${request.url}`, response));
}).listen({ port, host: "127.0.0.1", backlog: 2048 });

async function answer(url: string, response: ServerResponse): Promise<void> {
  try {
    const result = await new Processor(url, openStream, { dimensionFunction: ({ id }) => levelsOf(id) }).execute();
    if (result.type !== "content") throw new Error(JSON.stringify(result));
    response.setHeader("Content-Type", result.contentType);
    response.end(result.body);
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
}

/** The library takes a stream of the whole file and no quality: that is set as the stream is led into sharp. */
const openStream: StreamResolver = async ({ id }) => {
  const stream = createReadStream(pathOf(findSource(id)), { highWaterMark: readBytes });
  const pipe = (picture: Sharp): Sharp => stream.pipe(picture.jpeg({ quality }));
  return { pipe } as unknown as NodeJS.ReadableStream;
};

function levelsOf(id: string): Promise<Size[]> {
  const known = levels.get(id) ?? readLevels(pathOf(findSource(id)));
  levels.set(id, known);
  return known;
}

async function readLevels(path: string): Promise<Size[]> {
  const sizeOf = ({ width, height }: Size): Size => ({ width, height });
  const first = await sharp(path).metadata();
  const others = Array.from({ length: (first.pages ?? 1) - 1 }, (_, index) =>
    sharp(path, { page: index + 1 }).metadata(),
  );
  return [first, ...(await Promise.all(others))].map(sizeOf);
}

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseWork, workKey } from "../../src/catalogue/work-record.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { converter } from "../../src/cli/converter.ts";
import { allOf, canvasIds, canvasIdsV2, manifestOf, manifestV2Of } from "../support/presentation-documents.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";

const count = 500;

let folder: string;
let endpoint: S3Endpoint;
let dry: Awaited<ReturnType<typeof run>>;
let ended: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  endpoint = await startS3Endpoint();
  folder = await mkdtemp(join(tmpdir(), "tessera-folder-"));
  await mkdir(join(folder, "scans/book"), { recursive: true });
  const picture = sharp({ create: { width: 60, height: 80, channels: 3, background: { r: 200, g: 180, b: 160 } } });
  const bytes = await picture.jpeg().toBuffer();
  for (let page = 1; page <= count; page += 1) await writeFile(join(folder, "scans/book", `page ${page}.jpg`), bytes);
  dry = await run("--dry-run");
  ended = await run();
});
afterAll(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

/** Ingests the folder by one command. */
async function run(...options: readonly string[]) {
  const { url, bucket, catalogueBucket, accessKeyId, secretAccessKey } = endpoint;
  const environment = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const { terminal, printed } = recordTerminal(folder, { environment });
  const place = ["--to", "remote", "--endpoint", url, "--bucket", bucket, "--catalogue-bucket", catalogueBucket];
  const command = ["ingest", join(folder, "scans"), "--json", ...place, ...options];
  const status = await runCommandLine(command, { terminal, converter });
  return { status, report: JSON.parse(printed()) };
}

const book = () => parseWork(endpoint.catalogue.get(workKey("book"))?.bytes ?? Buffer.alloc(0), "book");

describe("a folder of 500 images", () => {
  it("is a book by one command, each page with its picture, in natural order", () => {
    expect(ended.status).toBe(0);
    expect(ended.report.totals).toMatchObject({ stored: count, failed: 0 });
    expect(ended.report.objects).toMatchObject([{ key: "book", status: "written", pages: count }]);
    const manifest = manifestOf(book());
    expect(manifest.items.map(({ label }: Record<string, unknown>) => label)).toEqual(
      Array.from({ length: count }, (_, index) => ({ none: [String(index + 1)] })),
    );
    expect(canvasIds(manifest).map((id) => decodeURIComponent(id).replace(/^.*\//, ""))).toEqual(
      Array.from({ length: count }, (_, index) => `page-${index + 1}`),
    );
    expect(canvasIdsV2(manifestV2Of(book()))).toEqual(canvasIds(manifest));
    const ids = allOf(manifest.items, "id").filter((id: string) => id.includes("/presentation/"));
    // A canvas, a page and an annotation each.
    expect(new Set(ids).size).toBe(3 * count);
    for (const { identifier } of book().pages.flatMap(({ images }) => images)) {
      expect(endpoint.objects.has(identifier)).toBe(true);
    }
  });

  it("is one record by one write, and as many calls as were foretold", () => {
    const puts = endpoint.arrivals.filter(({ operation }) => operation === "PutObject").map(({ key }) => key);
    const besides = puts
      .filter((key) => !/^(?:records\/)?book\//.test(key))
      .map((key) => key.replace(/runs\/.*/, "runs"));
    expect(besides).toEqual([
      ...["feed/runs", "objects/book.json", "collections/top.json", "feed/pages/1.json", "feed/end.json"],
    ]);
    expect(dry.report.estimate.operations).toEqual(ended.report.estimate.operations);
  });
});

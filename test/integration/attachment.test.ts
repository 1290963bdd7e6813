import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { ask } from "../support/service.ts";

const pdf = "%PDF-1.4\n%%EOF\n";
const address = "/presentation/atlas%2Fvol%201/attachment/The%20atlas.pdf";

beforeAll(async () => {
  const attachments = [{ file: "The atlas.pdf", sha256: "0".repeat(64) }];
  const record = {
    key: "atlas/vol 1",
    label: { none: ["Atlas"] },
    metadata: [],
    rendering: [{ uri: "https://library.example/atlas.epub", label: { none: ["EPUB"] } }],
    collections: [],
    pages: [{ key: "1", width: 4, height: 3, images: [{ identifier: "atlas/1", width: 4, height: 3, sizes: [] }] }],
    contents: [],
    attachments,
  };
  await env.CATALOGUE.put("objects/atlas/vol 1.json", JSON.stringify(record));
  await env.CATALOGUE.put("attachments/atlas/vol 1/The atlas.pdf", pdf);
});

describe("a PDF beside the images of an object", () => {
  it("is a rendering of the manifest in both versions, behind those of the table, and a link on its page", async () => {
    const uri = `https://images.example${address}`;
    const three = JSON.parse((await ask("/presentation/3/atlas%2Fvol%201/manifest")).text);
    expect(three.rendering.map(({ id }: { id: string }) => id)).toEqual(["https://library.example/atlas.epub", uri]);
    expect(three.rendering[1]).toEqual({
      id: uri,
      type: "Text",
      label: { none: ["The atlas.pdf"] },
      format: "application/pdf",
    });
    const two = JSON.parse((await ask("/presentation/2/atlas%2Fvol%201/manifest")).text);
    expect(two.rendering[1]).toEqual({ "@id": uri, label: "The atlas.pdf", format: "application/pdf" });
    expect((await ask("/objects/atlas%2Fvol%201")).text).toContain(`href="${address}"`);
  });

  it.each([address, "/presentation/atlas/vol%201/attachment/The%20atlas.pdf"])(
    "is sent as it was given, to be saved, from one read: %s",
    async (path) => {
      const { status, headers, text, timing } = await ask(path);
      expect([status, text, timing.reads]).toEqual([200, pdf, "1"]);
      expect(headers.get("Content-Type")).toBe("application/pdf");
      expect(headers.get("Content-Disposition")).toBe("attachment; filename*=UTF-8''The%20atlas.pdf");
      expect(headers.get("Cache-Tag")).toMatch(/^obj-[0-9a-f]{32}$/);
      const again = await ask(path, { headers: { "If-None-Match": headers.get("ETag") ?? "" } });
      expect([again.status, again.text]).toEqual([304, ""]);
      const head = await ask(path, { method: "HEAD" });
      expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", headers.get("ETag")]);
    },
  );

  it("is not found where there is none, or its name is too long for one", async () => {
    for (const name of ["other.pdf", `${"x".repeat(1000)}.pdf`]) {
      expect((await ask(`/presentation/atlas%2Fvol%201/attachment/${name}`)).status).toBe(404);
    }
  });
});

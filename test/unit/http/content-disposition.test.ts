import { describe, expect, it } from "vitest";
import { formatAttachment, isDownload } from "../../../src/http/content-disposition.ts";

describe("Content-Disposition", () => {
  it("names a file in ASCII once", () => {
    expect(formatAttachment("a b_1.jpg")).toBe('attachment; filename="a b_1.jpg"');
  });

  it("names any other file twice: for all clients, and as it is", () => {
    expect(formatAttachment("Café.jpg")).toBe("attachment; filename=\"Cafe.jpg\"; filename*=UTF-8''Caf%C3%A9.jpg");
    expect(formatAttachment("北京.tif")).toBe(
      "attachment; filename=\"_.tif\"; filename*=UTF-8''%E5%8C%97%E4%BA%AC.tif",
    );
  });

  it("lets nothing out of its quotes", () => {
    const value = formatAttachment('a"; filename="b.exe\\%41\r\nX: y\'(*).jpg');
    expect(value).toMatch(
      /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*"; filename\*=UTF-8''[\w.~!$&+^`|%-]*$/,
    );
    expect(() => new Headers({ "Content-Disposition": value })).not.toThrow();
  });

  it.each([
    ["?download", true],
    ["?download=", true],
    ["?x=1&download=1", true],
    ["?downloads", false],
    ["?x=download", false],
    ["", false],
    ["#download", false],
  ])("is asked for by the query's name: %s", (query, isAsked) => {
    expect(isDownload(new Request(`https://images.example/iiif/3/a/full/max/0/default.jpg${query}`))).toBe(isAsked);
  });
});

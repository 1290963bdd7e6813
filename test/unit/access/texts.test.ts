import { describe, expect, it } from "vitest";
import { isViewerOrigin } from "../../../src/access/origin.ts";
import { chooseText } from "../../../src/access/texts.ts";
import { languagesOf } from "../../../src/http/languages.ts";

const chosen = (texts: Readonly<Record<string, string>>, header: string) =>
  chooseText(texts, languagesOf(new Request("https://a.example", { headers: { "Accept-Language": header } }))).text;

describe("a text in several languages", () => {
  const texts = { en: "e", de: "d", "pt-BR": "b", fr: "f" };

  it.each([
    ["de", "d"],
    ["de-CH, fr;q=0.9", "d"],
    ["zu, fr;q=0.2, de;q=0.8", "d"],
    ["pt", "b"],
    ["PT-br", "b"],
    ["zu", "e"],
    ["", "e"],
    ["de;q=0, fr", "f"],
    ["*", "e"],
    [`${"x".repeat(2000)}, de`, "e"],
  ])("is shown as %j wants it", (header, text) => {
    expect(chosen(texts, header)).toBe(text);
  });

  it("is the first where there is no English one", () => {
    expect(chosen({ fr: "f", de: "d" }, "zu")).toBe("f");
  });
});

describe("the origin of a viewer", () => {
  it.each(["https://viewer.example", "https://viewer.example:8443", "http://localhost:3000", "http://127.0.0.1:81"])(
    "may be %s",
    (origin) => {
      expect(isViewerOrigin(origin)).toBe(true);
    },
  );

  it.each([
    "http://viewer.example",
    "https://viewer.example/",
    "https://viewer.example:443",
    "https://Viewer.example",
    "http://localhost.evil.example",
    "null",
    "*",
    "",
    `https://${"a".repeat(300)}.example`,
    'https://viewer.example"',
  ])("is not %j", (origin) => {
    expect(isViewerOrigin(origin)).toBe(false);
  });
});

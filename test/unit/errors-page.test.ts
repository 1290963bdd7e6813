import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatErrorsPage, readErrors } from "../../demo/errors-page.ts";
import { faults } from "../../src/error.ts";

const document = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");

describe("the page of errors", () => {
  it("explains every error there is, in the order of the service's own table", () => {
    const stated = readErrors(document).map(({ code, status, title }) => [code, { status, title }]);
    expect(stated).toEqual(Object.entries(faults));
  });

  it("has a place for each code, where its link leads", () => {
    const page = formatErrorsPage(readErrors(document));
    for (const code of Object.keys(faults)) expect(page).toContain(`<section id="${code}">`);
  });

  it("shows text as text", () => {
    const page = formatErrorsPage([{ code: "x", status: 400, title: "<b>", meaning: "`a<b` & [more](x.md)" }]);
    expect(page).toContain("<h2>&lt;b&gt;</h2>");
    expect(page).toContain("<code>a&lt;b</code> &amp; more");
  });
});

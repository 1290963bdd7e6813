import { describe, expect, it } from "vitest";
import { type ErrorCode, faults, ImageError } from "../../../src/error.ts";
import { asImageError, respondError } from "../../../src/http/errors.ts";

function asking(accept?: string): Request {
  return new Request("https://images.example/", accept === undefined ? {} : { headers: { Accept: accept } });
}

const answer = { request: asking(), helpUrl: "/errors", keptSeconds: 60 };

describe("respondError", () => {
  it.each<[ErrorCode, number, string]>([
    ["region-outside", 400, "public, max-age=60, stale-while-revalidate=60"],
    ["not-found", 404, "public, max-age=60, stale-while-revalidate=60"],
    ["source-malformed", 500, "no-store"],
    ["source-unsupported", 501, "no-store"],
    ["render-busy", 503, "no-store"],
  ])("answers %s with %i and keeps it by whose fault it is", async (code, status, cache) => {
    const error = new ImageError(code, "What was wrong.", { detail: "secret key", cause: new Error("secret cause") });
    const response = respondError(error, answer);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([status, cache]);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Retry-After")).toBe(status === 503 ? "1" : null);
    expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("Vary")).toBe("Accept");
    expect(await response.text()).toBe(`What was wrong. (${code})\n`);
  });

  it.each(["application/json", "application/problem+json", "application/ld+json, text/plain;q=0.5"])(
    "answers %s with problem details",
    async (accept) => {
      const error = new ImageError("size-above-limit", "Too large.", { hint: "Ask for less.", detail: "secret" });
      const response = respondError(error, { ...answer, request: asking(accept) });
      expect(response.headers.get("Content-Type")).toBe("application/problem+json");
      expect(await response.json()).toEqual({
        type: "/errors#size-above-limit",
        title: faults["size-above-limit"].title,
        status: 400,
        detail: "Too large. Ask for less.",
        code: "size-above-limit",
      });
    },
  );

  it.each([undefined, "*/*", "text/html, application/json;q=0.9", "image/png"])(
    "answers %s with text",
    async (accept) => {
      const response = respondError(new ImageError("not-found", "No.", { hint: "Look elsewhere." }), {
        ...answer,
        request: asking(accept),
      });
      expect(await response.text()).toBe("No. Look elsewhere. (not-found)\n");
    },
  );

  it("lists all that is wrong, in both forms", async () => {
    const found = [{ place: "row 2, column A", message: "it is empty" }, { message: "it names no images" }];
    const error = new ImageError("task-invalid", "The task has 2 faults.", { faults: found });
    const json = respondError(error, { ...answer, request: asking("application/json") });
    expect(await json.json()).toMatchObject({ status: 422, faults: found });
    expect(await respondError(error, answer).text()).toBe(
      "The task has 2 faults. (task-invalid)\nrow 2, column A: it is empty\nit names no images\n",
    );
  });

  it("links to the explanation of the error, if there is one", () => {
    const error = new ImageError("not-found", "No.");
    expect(respondError(error, answer).headers.get("Link")).toBe('</errors#not-found>;rel="help"');
    expect(respondError(error, { ...answer, helpUrl: undefined }).headers.has("Link")).toBe(false);
  });

  it("says which methods are allowed", () => {
    const response = respondError(new ImageError("method-not-allowed", "No."), answer);
    expect(response.headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
  });
});

describe("asImageError", () => {
  it("passes an ImageError on and hides whatever else was thrown", () => {
    const error = new ImageError("not-found", "No.");
    expect(asImageError(error)).toBe(error);
    for (const thrown of [new TypeError("secret"), "secret", undefined]) {
      const hidden = asImageError(thrown);
      expect(hidden.code).toBe("internal");
      expect(hidden.message).not.toContain("secret");
    }
  });
});

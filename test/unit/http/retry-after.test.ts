import { describe, expect, it } from "vitest";
import { readRetryAfter } from "../../../src/http/retry-after.ts";

describe("readRetryAfter", () => {
  it("reads seconds and dates, and nothing else", () => {
    expect(readRetryAfter("7", 0)).toBe(7000);
    expect(readRetryAfter("Sat, 21 Nov 2026 00:00:10 GMT", Date.UTC(2026, 10, 21))).toBe(10_000);
    expect(readRetryAfter("Sat, 21 Nov 2026 00:00:00 GMT", Date.UTC(2026, 10, 22))).toBe(0);
    expect(readRetryAfter("soon", 0)).toBeUndefined();
    expect(readRetryAfter(null, 0)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { ask } from "../support/service.ts";

const secret = "correct-horse-battery-staple";
const headers = { Authorization: `Bearer ${secret}`, Accept: "application/json", "Content-Type": "application/json" };

describe("a service without a Worker of jobs", () => {
  it.each([
    ["GET", "/admin/tasks"],
    ["GET", "/admin/tasks/20261129-104826-000000000000"],
    ["GET", "/admin/tasks/20261129-104826-000000000000/items"],
    ["POST", "/admin/tasks"],
    ["POST", "/admin/tasks/20261129-104826-000000000000/retry"],
  ])("says so, and what to do: %s %s", async (method, path) => {
    const body = method === "POST" ? '{"kind": "check", "from": {"prefix": ""}}' : undefined;
    const { status, text } = await ask(path, { method, headers, body, env: { ADMIN_SECRET: secret } });
    const { code, detail } = JSON.parse(text);
    expect([status, code]).toEqual([501, "tasks-unavailable"]);
    expect(detail).toContain("npm run deploy");
  });
});

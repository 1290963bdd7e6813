import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { TaskStatus } from "../../src/task/answers.ts";
import type { TaskDoor } from "../../src/task/door.ts";
import { makeTiff } from "../support/make-tiff.ts";

const door = () => (exports as unknown as { readonly Tasks: TaskDoor }).Tasks;

async function until(id: string, state: string): Promise<TaskStatus> {
  for (let n = 0; n < 300; n++) {
    const answer = await door().status(id);
    if ("value" in answer && answer.value.state === state && answer.value.report !== undefined) return answer.value;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("late");
}

describe("a task", () => {
  it("checks masters", async () => {
    const file = await makeTiff({ width: 301, height: 201, tile: 64, levels: 2, compression: "deflate" });
    for (const key of ["a/1", "a/2", "b/1"]) await env.MASTERS.put(key, file);
    const bytes = new TextEncoder().encode(JSON.stringify({ kind: "check", from: { prefix: "a/" } }));
    const sent = await door().submit({ bytes, form: "json", operator: "me" });
    if (!("value" in sent)) throw new Error("It was refused.");
    const status = await until(sent.value.id, "done");
    expect(status.counts.done).toBe(2);
  });
});

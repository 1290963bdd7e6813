import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { type AdminServer, purgeAnswer as answer, answering, serveAdmin } from "../support/admin-server.ts";
import { tellingConverter } from "../support/ingest.ts";
import { recordTerminal } from "../support/terminal.ts";

const secret = "correct-horse-battery-staple";

let server: AdminServer | undefined;
afterEach(() => server?.close());

/** Starts a service that answers as `listener` says, and returns its address. */
async function serve(listener: RequestListener): Promise<string> {
  server = await serveAdmin(listener);
  return server.url;
}

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { terminal, printed, said } = recordTerminal(tmpdir(), { environment });
  const status = await runCommandLine(["purge", ...args], { terminal, converter: tellingConverter([]) });
  return { status, printed: printed(), said: said() };
}

describe("tessera purge", () => {
  it("sends a hundred images at a time, with the secret of the environment", async () => {
    const { asked, listener } = answering([]);
    const url = await serve(listener);
    const identifiers = Array.from({ length: 150 }, (_, at) => `page-${at}`);
    const { status, printed } = await run([...identifiers, "--to", "remote", "--service", url], {
      TESSERA_ADMIN_SECRET: secret,
    });
    expect(status).toBe(0);
    expect(asked.map(({ path, shown }) => [path, shown])).toEqual(
      Array.from({ length: 2 }, () => ["/admin/purge", `Bearer ${secret}`]),
    );
    expect(asked.map(({ order }) => order)).toEqual([
      { kind: "images", identifiers: identifiers.slice(0, 100) },
      { kind: "images", identifiers: identifiers.slice(100) },
    ]);
    expect(printed).toBe(
      "Purged: 2 images; 4 pictures and 2 indexes removed\nCache in front of the Worker: 2 tags purged\n",
    );
  });

  it("goes on as the service says, and tells what waits", async () => {
    const next = { kind: "prefix", prefix: "maps/", after: "maps/99" };
    const waiting = { workersCache: { state: "waiting", tags: 1, waiting: 7 }, dataCentre: { left: 3 } };
    const { asked, listener } = answering([answer({ next }), answer(waiting)]);
    const url = await serve(listener);
    const place = ["--to", "remote", "--service", url];
    const { status, printed } = await run(["--prefix", "maps/", ...place], { TESSERA_ADMIN_SECRET: secret });
    expect(status).toBe(0);
    expect(asked.map(({ order }) => order)).toEqual([{ kind: "prefix", prefix: "maps/" }, next]);
    expect(printed).toMatch(/7 tags wait for the next calls.*\n3 entries of the Cache API could not be removed/);
    const json = await run(["--object", "atlas", "--json", ...place], { TESSERA_ADMIN_SECRET: secret });
    expect(JSON.parse(json.printed)).toEqual(answer());
  });

  it("asks only what would be removed when it is a dry run", async () => {
    const foretold = { dryRun: true, workersCache: { state: "untouched", tags: 1, waiting: 0 } } as const;
    const { asked, listener } = answering([answer(foretold)]);
    const url = await serve(listener);
    const { status, printed } = await run(["atlas", "--dry-run", "--to", "remote", "--service", url], {
      TESSERA_ADMIN_SECRET: secret,
    });
    expect(status).toBe(0);
    expect(asked.map(({ order }) => order)).toEqual([{ kind: "images", identifiers: ["atlas"], dryRun: true }]);
    expect(printed).toBe(
      "Would purge: 1 image; 2 pictures and 1 index would be removed\nCache in front of the Worker: 1 tag would be purged, where there is one\n",
    );
  });

  it("ends with 1 where no image starts with a prefix", async () => {
    const url = await serve(answering([answer({ images: 0 })]).listener);
    const { status, said } = await run(["--prefix", "mpas/", "--to", "remote", "--service", url], {
      TESSERA_ADMIN_SECRET: secret,
    });
    expect([status, said]).toEqual([1, expect.stringContaining("no image whose identifier starts with mpas/")]);
  });

  it("ends with 1 where the cache in front refuses", async () => {
    const refused = { workersCache: { state: "refused", tags: 1, waiting: 0, reason: "too many calls (10000)" } };
    const url = await serve(answering([answer(refused)]).listener);
    const { status, printed } = await run(["--everything", "--to", "remote", "--service", url], {
      TESSERA_ADMIN_SECRET: secret,
    });
    expect([status, printed]).toEqual([
      1,
      expect.stringMatching(/refused \(too many calls.*run the same command again/),
    ]);
  });

  it.each([
    [401, "Unauthorized", /does not take the secret/],
    [403, "Forbidden", /lets in only whom Cloudflare Access lets in/],
    [404, '{"detail":"The service is not administered here."}', /wrangler secret put ADMIN_SECRET/],
    [503, '{"detail":"The bucket of derivatives can\'t be purged now."}', /answers 503: The bucket of derivatives/],
    [200, "<html>", /does not answer/],
    [302, "", /does not answer/],
  ])("says what a service that answers %i means: %s", async (statusCode, body, sentence) => {
    const url = await serve((_, response) => {
      response.writeHead(statusCode, { Location: "http://127.0.0.1:9/" }).end(body);
    });
    const { status, said } = await run(["x", "--to", "remote", "--service", url], { TESSERA_ADMIN_SECRET: secret });
    expect([status, said]).toEqual([1, expect.stringMatching(sentence)]);
    expect(said).not.toContain(secret);
  });

  it("says all that is missing", async () => {
    const remote = await run(["x", "--to", "remote"]);
    expect([remote.status, remote.said]).toEqual([2, expect.stringContaining("TESSERA_ADMIN_SECRET is not set")]);
    expect(remote.said).toContain("--service is missing");
    const local = await run(["x", "--to", "local", "--state", tmpdir()]);
    expect([local.status, local.said]).toEqual([2, expect.stringContaining("Start it with npm start")]);
    for (const args of [[], ["x", "--object", "y"], ["--prefix", "x", "--everything"]]) {
      const { status, said } = await run([...args, "--to", "local"]);
      expect([status, said]).toEqual([2, expect.stringContaining("one of identifiers, --object,")]);
    }
  });
});

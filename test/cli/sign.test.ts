import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { divideAsked } from "../../src/access/asked-image.ts";
import { isSigned } from "../../src/access/signature.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { parseIdentifier } from "../../src/identity/identifier.ts";
import { tellingConverter } from "../support/ingest.ts";
import { recordTerminal } from "../support/terminal.ts";

const secrets = "k2:a-second-secret-of-thirty-two-letters,k1:a-secret-of-some-thirty-two-letters";
const base = "https://images.example";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-sign-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = { ACCESS_SECRET: secrets },
) {
  const { terminal, printed, said } = recordTerminal(folder, { environment });
  const status = await runCommandLine(["sign", ...args], { terminal, converter: tellingConverter([]) });
  return { status, printed: printed(), said: said() };
}

const askedAt = (uri: string) => divideAsked(parseIdentifier(uri.slice(`${base}/iiif/3/`.length)));
const keys = [
  { id: "k2", secret: "a-second-secret-of-thirty-two-letters" },
  { id: "k1", secret: "a-secret-of-some-thirty-two-letters" },
];

describe("tessera sign", () => {
  it("signs with the first secret, for as long and as much as it is said", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { status, printed } = await run(["maps/atlas é", "--for", "7d", "--max", "2000", "--url", base]);
    expect(status).toBe(0);
    const asked = askedAt(printed.trimEnd());
    expect(asked).toMatchObject({ identifier: "maps/atlas é", longestSide: 2000, signature: { keyId: "k2" } });
    const left = (asked.signature?.expires ?? 0) - before;
    expect(left).toBeGreaterThanOrEqual(7 * 86_400);
    expect(left).toBeLessThan(7 * 86_400 + 60);
    expect(await isSigned(asked, keys, Date.now())).toBe(true);
    await expect(isSigned(asked, keys.slice(1), Date.now())).rejects.toMatchObject({ code: "signature-invalid" });
  });

  it("signs all of a list, a line each, and says what is in them as JSON", async () => {
    await writeFile(join(folder, "ids.txt"), "\ufeffa\r\n\r\nb\r\na\r\n");
    const { printed } = await run(["--list", "ids.txt", "--for", "1h", "--url", base, "--json"]);
    const lines = printed
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { identifier: "a", key: "k2", expires: expect.stringMatching(/^\d{4}-/) },
      { identifier: "b", key: "k2" },
    ]);
    expect(lines[0].uri).toContain(`${base}/iiif/3/a;exp=`);
  });

  it("takes the secret from a file, and never tells it", async () => {
    await writeFile(join(folder, "secret"), `${secrets}\n`);
    expect((await run(["a", "--for", "1h", "--url", base, "--secret-file", "secret"], {})).status).toBe(0);
    await writeFile(join(folder, "short"), "k1:short-secret");
    const { status, said } = await run(["a", "--for", "1h", "--url", base, "--secret-file", "short"], {});
    expect([status, said]).toEqual([2, expect.stringContaining("ACCESS_SECRET is not ID:SECRET")]);
    expect(said).not.toContain("short-secret");
  });

  it.each([
    ["no secret", ["a", "--for", "1h", "--url", base], {}, "ACCESS_SECRET is not set in the environment"],
    ["no time", ["a", "--url", base], undefined, "one of --for and --until is needed"],
    ["both times", ["a", "--for", "1h", "--until", "2099-01-01", "--url", base], undefined, "one of --for and --until"],
    ["more than a year", ["a", "--for", "367d", "--url", base], undefined, "up to 366d"],
    ["a date far away", ["a", "--until", "2999-01-01", "--url", base], undefined, "more than 366 days from now"],
    ["a date that has passed", ["a", "--until", "2001-01-01", "--url", base], undefined, "--until has passed"],
    ["no identifier", ["--for", "1h", "--url", base], undefined, "one of identifiers and --list is needed"],
    ["a reduced image by its name", ["a;max=400", "--for", "1h", "--url", base], undefined, "say --max 400"],
    [
      "a signed address",
      ["a;exp=1;sig=k1.aaaaaaaaaaaaaaaaaaaaaa", "--for", "1h", "--url", base],
      undefined,
      "signed already",
    ],
    ["a hidden name", [".a", "--for", "1h", "--url", base], undefined, "There is no image"],
    ["no address", ["a", "--for", "1h"], undefined, "--url is missing"],
  ])("refuses %s", async (_, args, environment, fault) => {
    const { status, printed, said } = await run(args, environment);
    expect([status, printed]).toEqual([2, ""]);
    expect(said).toContain(fault);
  });
});

import { describe, expect, it } from "vitest";
import { spellOption } from "../../src/cli/arguments.ts";
import { type CommandName, commandOptions, parseCommand } from "../../src/cli/command.ts";
import { helpText, usageLine } from "../../src/cli/command-help.ts";
import { chooseTreatment } from "../../src/settings/ingest-config.ts";

const faultsOf = (...args: string[]) => {
  const command = parseCommand(args);
  return command.kind === "wrong" ? command.faults : [];
};

describe("a command line", () => {
  it("is read with files, folders and options in any order", () => {
    const args = "ingest a --to local b.tif --jobs 3 --tile=512 --quality 80 --keep-profile --no-repack --pages all";
    expect(parseCommand(args.split(" "))).toEqual({
      kind: "ingest",
      sources: ["a", "b.tif"],
      options: { to: "local", jobs: 3, tile: 512, quality: 80, keepProfile: true, repack: false, pages: "all" },
    });
  });

  it("takes what follows two hyphens as names", () => {
    expect(parseCommand(["ingest", "--", "--to"])).toEqual({ kind: "ingest", sources: ["--to"], options: {} });
  });

  it("reports everything that is wrong with it at once", () => {
    expect(faultsOf("ingest", "--to", "mars", "--qualty", "5", "--tile", "300", "--jobs", "0", "--json=yes")).toEqual([
      "--qualty is not known; did you mean --quality?",
      "--json takes no value",
      '--to is "mars", not local or remote',
      '--tile is "300", not 256 or 512',
      '--jobs is "0", not a whole number from 1 to 64',
    ]);
  });

  it.each([
    ["--dryrun", "--dry-run"],
    ["--keepProfile", "--keep-profile"],
    ["--catalog-bucket", "--catalogue-bucket"],
    ["--template", undefined],
    ["--dry", "--dry-run"],
    ["--qualities=80", undefined],
  ])("says for the unknown option %s that %s may be meant", (given, meant) => {
    const name = given.replace(/=.*/, "");
    expect(faultsOf("ingest", "a", given)).toEqual([
      `${name} is not known${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    ]);
  });

  it("is refused without a value where one belongs", () => {
    expect(faultsOf("ingest", "a", "--to", "--json")).toContain("--to needs a value");
    expect(faultsOf("ingest", "a", "--to")).toContain("--to needs a value");
  });

  it("is refused without files, and with a command that there is not", () => {
    expect(faultsOf("ingest", "--to", "local")).toEqual(["no file or folder is named"]);
    expect(faultsOf("digest")).toEqual(["Unknown command: digest"]);
    expect(faultsOf("ingset")).toEqual(["Unknown command: ingset; did you mean ingest?"]);
    expect(faultsOf("--versoin")).toEqual(["Unknown command: --versoin; did you mean --version?"]);
    expect(faultsOf("help", "ingset")).toEqual(["Unknown command: ingset; did you mean ingest?"]);
    expect(parseCommand(["help", "ingest"])).toEqual({ kind: "help", command: "ingest" });
    expect(faultsOf("move")).toEqual(["Unknown command: move; did you mean moved?"]);
    expect(faultsOf("compare")).toEqual(["no file is named"]);
    expect(faultsOf("compare", "a", "b")).toHaveLength(1);
  });

  it("tells one thing of objects at a time", () => {
    expect(parseCommand(["manifest", "scans", "--check", "--objects", "o.csv"])).toEqual({
      kind: "manifest",
      sources: ["scans"],
      options: { check: true, objects: "o.csv" },
    });
    expect(faultsOf("manifest", "scans")[0]).toBe("one of --check, --show and --template is needed");
    expect(faultsOf("manifest", "--shwo", "x")).toEqual(["--shwo is not known; did you mean --show?"]);
    expect(faultsOf("manifest", "--check")).toEqual(["no file or folder is named"]);
    expect(faultsOf("manifest", "--template", "--api", "2")).toEqual(["--api has no effect without --show"]);
  });

  it("moves records without files", () => {
    expect(parseCommand(["move-records", "--to", "local", "--state", "s"])).toEqual({
      kind: "move-records",
      options: { to: "local", state: "s" },
    });
    expect(faultsOf("move-records", "a", "--records", "b.csv")).toEqual([
      "--records is not known",
      "a is not an option, and no file is asked for",
      "b.csv is not an option, and no file is asked for",
    ]);
  });

  it("names what is stored, as much of it as a command takes", () => {
    expect(parseCommand(["ls", "maps/", "--long", "--to", "local"])).toEqual({
      kind: "ls",
      names: ["maps/"],
      options: { long: true, to: "local" },
    });
    expect(parseCommand(["prune", "--older-than", "90d", "--to", "local"])).toMatchObject({
      options: { olderThan: 90 },
    });
    expect(parseCommand(["verify", "--sample", "0.5%", "--to", "local"])).toMatchObject({ options: { sample: 0.5 } });
    expect(faultsOf("ls", "a", "b")).toEqual(["b is one name too many"]);
    expect(faultsOf("info")).toEqual(["no identifier is named"]);
    expect(faultsOf("prune", "a", "--older-than", "0d")).toEqual([
      '--older-than is "0d", not a number of days such as 90d',
      "a is one name too many",
    ]);
    for (const share of ["0%", "101", "x"]) {
      expect(faultsOf("verify", "--sample", share)).toEqual([`--sample is "${share}", not a share such as 10%`]);
    }
  });

  it("checks files, or masters of a bucket", () => {
    expect(parseCommand(["check", "--from", "local"])).toEqual({
      kind: "check",
      sources: [],
      options: { from: "local" },
    });
    expect(faultsOf("check", "--state", "s", "--bucket", "b")).toEqual([
      "no file or folder is named",
      "--state has no effect without --from",
      "--bucket has no effect without --from",
    ]);
  });

  it("has no way to give keys, which would be seen by others", () => {
    expect(faultsOf("ingest", "a", "--secret-access-key", "x")).toEqual(["--secret-access-key is not known"]);
  });

  it("reads lists for compare", () => {
    expect(parseCommand(["compare", "a.jpg", "--qualities", "60, 90", "--compressions", "jpeg,webp"])).toEqual({
      kind: "compare",
      file: "a.jpg",
      options: { qualities: [60, 90], compressions: ["jpeg", "webp"] },
    });
    expect(faultsOf("compare", "a.jpg", "--compressions", "jpeg,magic")[0]).toContain('"magic"');
    // What ingest has no option for is not compared.
    expect(faultsOf("compare", "a.jpg", "--filters", "cubic")).toContain("--filters is not known");
  });

  it("asks for help wherever --help is, even with faults", () => {
    expect(parseCommand([])).toEqual({ kind: "help", command: undefined });
    expect(parseCommand(["ingest", "--nope", "-h"])).toEqual({ kind: "help", command: "ingest" });
    expect(parseCommand(["help", "compare"])).toEqual({ kind: "help", command: "compare" });
  });
});

describe("the help", () => {
  it("names the settings that count where none are given", () => {
    const { compression, quality, tileSize, subsampling } = chooseTreatment("a", {
      given: {},
      config: {},
      faults: [],
    }).settings;
    const help = helpText("ingest").join("\n");
    for (const [option, value] of Object.entries({ compression, quality, tile: tileSize, subsampling })) {
      expect(help).toMatch(new RegExp(`--${option} [^(]*\\(${value}[;)]`));
    }
  });

  it.each(Object.keys(commandOptions) as CommandName[])(
    "of %s has its usage and every option, within 110 characters",
    (command) => {
      const help = helpText(command);
      expect(help[0]).toBe(usageLine(command));
      for (const name of Object.keys(commandOptions[command]))
        expect(help.join("\n")).toContain(`  ${spellOption(name)}`);
      const examples = help.slice(help.indexOf("Examples") + 1).filter((line) => line.startsWith("  tessera "));
      expect(examples.length).toBeGreaterThan(1);
      for (const example of examples) {
        const words = example.trim().split(/ {2,}/)[0]?.split(" ").slice(1) ?? [];
        expect(parseCommand(words)).toMatchObject({ kind: command });
      }
      expect(help.filter((line) => line.length > 110)).toEqual([]);
    },
  );
});

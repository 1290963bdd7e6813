import { describe, expect, it } from "vitest";
import { outputPattern, readConsoleBlocks } from "./console-blocks.ts";

describe("readConsoleBlocks", () => {
  it("reads commands, what they print, and the notes before the block", () => {
    const text = [
      "Text.",
      "",
      "- An item:",
      "",
      "  <!-- set up: make it -->",
      "  <!-- varies: 0.6 77 -->",
      "  ```console",
      "  $ for n in 1 2; do \\",
      ">   echo $n; done".replace(/^/, "  "),
      "  1",
      "  2",
      "  $ true",
      "  ```",
      "",
      "<!-- not run: needs an account -->",
      "```console",
      "$ deploy",
      "```",
    ].join("\n");
    expect(readConsoleBlocks(text)).toEqual([
      {
        line: 7,
        commands: [
          { text: "for n in 1 2; do \\\n  echo $n; done", shown: ["1", "2"] },
          { text: "true", shown: [] },
        ],
        setUp: ["make it"],
        varying: ["0.6", "77"],
        notRun: undefined,
      },
      { line: 16, commands: [{ text: "deploy", shown: [] }], setUp: [], varying: [], notRun: "needs an account" },
    ]);
  });

  it("refuses a block that does not begin with a command", () => {
    expect(() => readConsoleBlocks("```console\n200\n```")).toThrow('line 1 does not begin with "$ "');
  });
});

describe("outputPattern", () => {
  const matches = (shown: readonly string[], came: string, varying: readonly string[] = []): boolean =>
    outputPattern(shown, varying).test(came);

  it.each([
    ["the same lines", ["a (b)", "c"], "a (b)\nc\n"],
    ["any lines for an ellipsis", ["a", "…", "c"], "a\nx\ny\nc\n"],
    ["no line for an ellipsis", ["…", "c"], "c\n"],
    ["any text for an ellipsis in a line", ["in /…/state"], "in /tmp/x/state\n"],
    ["wider columns, and what ends a line unseen", ["a  1"], "a     1 \r\n"],
  ])("takes %s", (_, shown, came) => {
    expect(matches(shown, came)).toBe(true);
  });

  it.each([
    ["another text", ["a"], "b\n"],
    ["a line too many", ["a"], "a\nb\n"],
    ["a line too few", ["a", "b"], "a\n"],
    ["another number", ["a 1 s"], "a 2 s\n"],
    ["more lines for an ellipsis in a line", ["a…c"], "a\nc\n"],
  ])("refuses %s", (_, shown, came) => {
    expect(matches(shown, came)).toBe(false);
  });

  it("takes any number for one that varies, and only for that", () => {
    expect(matches(["7 in 2 s (case 9)"], "7 in 13.5 s (case 1,204)\n", ["2", "9"])).toBe(true);
    expect(matches(["7 in 2 s (case 9)"], "8 in 13.5 s (case 9)\n", ["2", "9"])).toBe(false);
    expect(matches(["7 in 2 s"], "7 in x s\n", ["2"])).toBe(false);
  });
});

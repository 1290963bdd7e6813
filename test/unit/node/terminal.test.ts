import { describe, expect, it } from "vitest";
import { formatJson } from "../../../src/cli/report-json.ts";
import { printable } from "../../../src/node/printable.ts";
import { recordTerminal } from "../../support/terminal.ts";

const everyUnit = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));

describe("text that is made printable", () => {
  it("keeps letters, marks and pictures of all scripts, and shows what acts on a terminal as an escape", () => {
    expect(printable("Straße 地図 \u{1F5FA} كتاب ‌a̰.tif")).toBe("Straße 地図 \u{1F5FA} كتاب ‌a̰.tif");
    expect(printable("a\u001b[2J\nstored b\r\t\u009b1m\u007f")).toBe("a\\u001b[2J\\nstored b\\r\\t\\u009b1m\\u007f");
    expect(printable("\u202efit.a\u2066\u200f\u2028\u2029\ud800")).toBe(
      "\\u202efit.a\\u2066\\u200f\\u2028\\u2029\\ud800",
    );
  });

  it("leaves no control character, line separator, direction control or half of a pair, of all there are", () => {
    const left = everyUnit.filter((unit) => printable(unit) === unit).join("");
    expect(left).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(left).not.toMatch(/\p{Cs}/u);
    expect(
      everyUnit.filter((unit) => JSON.parse(`"${printable(unit === '"' || unit === "\\" ? "" : unit)}"`) !== unit),
    ).toEqual(['"', "\\"]);
  });

  it("stays JSON with the same values", () => {
    const report = { [`a\u0085${everyUnit[27]}`]: everyUnit.join("") };
    const lines = formatJson(report);
    expect(lines.every((line) => printable(line) === line)).toBe(true);
    expect(JSON.parse(lines.join("\n"))).toEqual(report);
  });
});

describe("the output of a command", () => {
  it("is lines, each one line whatever it contains", () => {
    const { terminal, printed, said } = recordTerminal("");
    terminal.print(["a\nb", "c\u001b[A"]);
    terminal.say(["d\re"]);
    terminal.show("nobody sees it");
    terminal.say([]);
    expect(printed()).toBe("a\\nb\nc\\u001b[A\n");
    expect(said()).toBe("d\\re\n");
  });

  it("has one line below all others that is redrawn, cut to the width after it was made printable", () => {
    const erase = "\r\u001b[2K";
    const { terminal, printed, said } = recordTerminal("", { columns: 10 });
    terminal.show("\n\n\n\n\n\n");
    terminal.say(["a"]);
    terminal.show("");
    terminal.show("");
    terminal.print(["b"]);
    expect(said()).toBe(`${erase}\\n\\n\\n\\n\\…${erase}a\n${erase}\\n\\n\\n\\n\\…${erase}`);
    expect(printed()).toBe("b\n");
  });
});

import { type Price, planDollars, prices } from "../src/operation/prices.ts";
import { insertTable } from "./limits-table.ts";

const marks = { start: "<!-- table of prices: npm run docs -->", end: "<!-- end of the table -->" } as const;

/** Formats the prices as the lines of a table in Markdown. */
function formatPrices(): string {
  const rows = Object.values<Price>(prices).map(
    ({ name, dollars, each, unit, free, source, read }) =>
      `| ${name} | $${formatDollars(dollars)} for ${formatEach(each, unit)} | ${formatFree(free, unit)} | [${new URL(source).pathname.slice(1, -1)}](${source}), ${read} |`,
  );
  const plan = `| Workers Paid | $${planDollars} a month | | [workers/platform/pricing](${prices.requests.source}), ${prices.requests.read} |`;
  return ["| | Price | Included in a month | Read, and when |", "|---|---|---|---|", ...rows, plan].join("\n");
}

/** With cents, and with as many further places as it has. */
function formatDollars(dollars: number): string {
  return dollars.toLocaleString("en", { minimumFractionDigits: dollars === 0 ? 0 : 2, maximumFractionDigits: 6 });
}

function formatEach(each: number, unit: string): string {
  return each === 1 ? `a ${unit.replace(/s$/, "")}` : `a million ${unit}`;
}

function formatFree(free: number, unit: string): string {
  return free === 0 ? "" : `${free.toLocaleString("en")} ${unit}`;
}

/** Returns the text of docs/operating.md with the table of prices between its marks. Throws a RangeError without them. */
export function insertPrices(document: string): string {
  return insertTable(document, { ...marks, table: formatPrices() });
}

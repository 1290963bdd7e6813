/**
 * Measures the index of a large catalogue: `npx -c "node bench/search.ts OBJECTS FILE"`, 10,000 objects of two pages of 200 words
 * by default, in memory or in FILE. It asks the statements of the service of the SQLite that Node has, in this thread, and
 * prints CPU time a query. D1 runs the same engine elsewhere: what it takes there is not measured here.
 */
import { DatabaseSync } from "node:sqlite";
import type { Work } from "../src/catalogue/work.ts";
import { findCandidates, findMembers, findSnippets, objectsPerAnswer } from "../src/search/catalogue-search.ts";
import {
  addEntries,
  beginObject,
  entryOfPage,
  entryOfWork,
  finishObject,
  type Statement,
} from "../src/search/index-entries.ts";
import { indexLayout } from "../src/search/index-layout.ts";
import { searchObject } from "../src/search/object-search.ts";
import type { SearchIndex } from "../src/search/search-index.ts";
import { parseQuery } from "../src/search/search-query.ts";

const objects = Number(process.argv[2] ?? 10_000);
const database = new DatabaseSync(process.argv[3] ?? ":memory:");
const wordsPerPage = 200;
const vocabulary = 50_000;

let state = 1;
/** Zipf's law: the word of rank n comes up in proportion to 1/n. */
function nextWord(): string {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return `w${Math.floor(vocabulary ** (state / 2 ** 32)).toString(36)}`;
}

const text = (words: number): string => Array.from({ length: words }, nextWord).join(" ");

function makeWork(number: number): Work {
  const image = { identifier: `o${number}/1`, width: 3000, height: 4000, sizes: [] };
  return {
    key: `o${number}`,
    label: { en: [`Object ${number} ${text(5)}`] },
    metadata: [{ label: { en: ["Subject"] }, value: { en: [text(10)] } }],
    collections: [],
    pages: ["1", "2"].map((key) => ({ key, width: 3000, height: 4000, images: [image] })),
    contents: [],
  };
}

const run = (statements: readonly Statement[]) =>
  statements.map(({ sql, values }) => ({ results: database.prepare(sql).all(...values) }));

const spent = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

run(indexLayout.map((sql) => ({ sql, values: [] })));
const started = process.cpuUsage();
for (let number = 0; number < objects; number += 1) {
  const work = makeWork(number);
  const pages = work.pages.map(({ key }, place) => {
    const lines = Array.from({ length: 20 }, (_, line) => ({
      text: text(wordsPerPage / 20),
      area: { x: 100, y: 100 * line, width: 2000, height: 60 },
    }));
    return entryOfPage(
      { width: 3000, height: 4000, format: "plain", file: "1.txt", lines },
      { number: place + 1, page: key },
    );
  });
  if (number % 1000 === 0) database.exec("BEGIN");
  run([...beginObject(work), addEntries(work.key, [entryOfWork(work), ...pages]), finishObject(work.key, "1")]);
  if (number % 1000 === 999 || number === objects - 1) database.exec("COMMIT");
}
const bytes = Number(
  Object.values(
    database.prepare("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").get() ?? {},
  )[0],
);
console.log(
  `${objects} objects indexed: ${(spent(started) / objects).toFixed(2)} ms of CPU and ${Math.round(bytes / objects)} bytes each`,
);

const index = {
  database: {
    prepare: (sql: string) => ({ bind: (...values: (string | number)[]) => ({ sql, values }) }),
    batch: async (statements: readonly Statement[]) => run(statements),
  },
  clock: { after: () => () => undefined },
  timeoutSeconds: 10,
} as unknown as SearchIndex;

const word = (rank: number): string => `w${rank.toString(36)}`;
const queries: readonly (readonly [string, string])[] = [
  ["a common word", word(1)],
  ["a rare word", word(30_000)],
  ["two common words", `${word(1)} ${word(2)}`],
  ["a phrase", `"${word(1)} ${word(2)}"`],
  ["a beginning", "w1*"],
  ["nothing", "nowhere"],
];
for (const [name, q] of queries) {
  const expression = parseQuery(q) ?? "";
  const asked = process.cpuUsage();
  const rounds = 5;
  let total = 0;
  for (let round = 0; round < rounds; round += 1) {
    const found = await findCandidates(index, expression);
    total = found.objects.length;
    const listed = found.objects.slice(0, objectsPerAnswer).map((one) => ({ ...one, closedPages: [] }));
    await findSnippets(index, { expression, objects: listed });
    await findMembers(index, listed);
  }
  const all = spent(asked) / rounds;
  const inOne = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    await searchObject(index, { object: `o${objects >> 1}`, expression, from: 0, closedPages: [] });
  }
  console.log(
    `${name.padEnd(18)} ${all.toFixed(1).padStart(8)} ms in all (${total} objects), ${(spent(inOne) / rounds).toFixed(1)} ms in one`,
  );
}

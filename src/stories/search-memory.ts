import { whileRenewing } from "../budget/renewal.ts";
import { ImageError } from "../error.ts";
import type { SearchIndex } from "../search/search-index.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** Rows of the index, their JSON and the document made of them, at the most, in bytes. */
const answerBytes = 8 << 20;

/** What a search takes of the isolate's memory and time. */
const searchLoan = { share: "draws", bytes: answerBytes, costMilliseconds: 20 } as const;

/**
 * Runs `work` with the index, in memory that is held meanwhile. Throws `search-unavailable` where none is bound,
 * `render-busy`, and what the work throws.
 */
export async function withSearch<T>(
  { budget, clock, search }: Services,
  { patience }: Visit,
  work: (search: SearchIndex) => Promise<T>,
): Promise<T> {
  if (search === undefined) {
    const hint = "Its operators bind a database as SEARCH.";
    throw new ImageError("search-unavailable", "This service has no search index.", { hint });
  }
  const lease = await budget.take(searchLoan, patience);
  try {
    return await whileRenewing(clock, lease, () => work(search));
  } finally {
    lease.release();
  }
}

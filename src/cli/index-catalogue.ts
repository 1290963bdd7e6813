import { remoteDatabase } from "../bucket/remote-database.ts";
import type { SearchDatabase } from "../bucket/search-database.ts";
import { type IndexOutcome, indexCatalogue } from "../job/index-catalogue.ts";
import type { Terminal } from "../node/terminal.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import { nameBuckets } from "./choose-buckets.ts";
import type { IndexCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";

const cloudflareApi = "https://api.cloudflare.com/client/v4";

/** Carries `tessera index` out and returns the exit status. Throws CommandFaults. */
export async function index({ options: given }: IndexCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  if (given.to === "local" && given.database !== undefined) faults.push("--database has no effect with --to local");
  const { options, service, open } = await nameBuckets(given, { terminal, asked: ["catalogue"], faults });
  const { environment, signal } = terminal;
  const account = options.account ?? environment.CLOUDFLARE_ACCOUNT_ID;
  const database = options.database ?? service?.searchDatabase;
  const { CLOUDFLARE_API_TOKEN: token = "", CLOUDFLARE_API_BASE_URL: api = cloudflareApi } = environment;
  if (options.to === "remote") {
    if (token === "") faults.push("CLOUDFLARE_API_TOKEN is not set in the environment: a token that may edit D1");
    if (!account) faults.push("--account (or CLOUDFLARE_ACCOUNT_ID) is missing, for the database");
    if (service !== undefined && database === undefined) {
      faults.push("--database is missing, because wrangler.toml names no database for SEARCH");
    }
  }
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  try {
    const remote = (): SearchDatabase =>
      remoteDatabase({ api, account: account ?? "", database: database ?? "", token }, { signal });
    const outcome = await indexCatalogue(
      { catalogue: buckets.catalogue, database: buckets.search ?? remote() },
      {
        signal,
        rebuild: options.rebuild,
        onProgress: (objects) => terminal.show(`${objects} objects`),
        onProblem: (key, reason) => terminal.say([`problem   ${key}: ${reason}`]),
      },
    );
    terminal.show("");
    terminal.print(formatOutcome(outcome));
    const { problems, failure } = outcome;
    if (failure?.code === "stopped") return exitStatus.stopped;
    if (failure !== undefined) terminal.say([failure.message]);
    return problems > 0 || failure !== undefined ? exitStatus.failed : exitStatus.well;
  } finally {
    terminal.show("");
    await buckets.close();
  }
}

function formatOutcome({ indexed, kept, removed, pages, problems, failure }: IndexOutcome): readonly string[] {
  const counts = [
    `${indexed} objects with ${pages} pages of text indexed`,
    `${kept} kept`,
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(problems > 0 ? [`${problems} problems`] : []),
  ];
  return [`Index: ${counts.join(", ")}`, ...(failure === undefined ? [] : ["Run the same command again to resume."])];
}

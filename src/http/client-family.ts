import type { ClientFamily } from "../statistics/observation.ts";

/**
 * What tells families of programs apart, the first that fits. Most robots say that they are browsers too. Only what a
 * program says of itself is known: a viewer in a page can't be told from its browser, nor a robot that hides.
 */
const families: readonly (readonly [ClientFamily, RegExp])[] = [
  [
    "ai-crawler",
    /gptbot|chatgpt-user|oai-searchbot|claudebot|claude-(?:web|user|searchbot)|anthropic|ccbot|bytespider|perplexity|amazonbot|meta-external|applebot-extended|google-extended|cohere-ai|diffbot|imagesiftbot|ai2bot|mistralai-user|deepseekbot/i,
  ],
  [
    "preview",
    /facebookexternalhit|facebot|twitterbot|slackbot|discordbot|telegrambot|whatsapp|linkedinbot|skypeuripreview|mastodon|bluesky|embedly|iframely/i,
  ],
  [
    "crawler",
    /bot\b|bot[/;_-]|crawl|spider|slurp|archiver|heritrix|scrapy|scanner|monitor|pingdom|uptime|lighthouse|bingpreview|feedfetcher|facebookcatalog|headlesschrome/i,
  ],
  ["iiif", /dezoomify|iiif|cantaloupe|openseadragon|mirador|tessera/i],
  [
    "library",
    /^(?:curl|wget|python|aiohttp|httpx|go-http-client|java|okhttp|axios|node|undici|deno|bun|ruby|faraday|php|guzzle|libwww|lwp|perl|apache-httpclient|dart|rust|reqwest|hyper|r \(|libcurl|httpie|postman|insomnia|powershell|winhttp|gdal|vlc|ffmpeg|lavf)|python-requests|powershell/i,
  ],
  ["browser", /^(?:mozilla|opera)\//i],
];

/** The last texts that were looked at: the same programs ask again and again. */
const known = new Map<string, ClientFamily>();

/** Texts that are remembered, none longer than `mostCharacters`: 32 KB. Of a longer one its beginning tells. */
const mostKnown = 64;
const mostCharacters = 256;

/** Returns the family of the program that a request comes from, by what it says of itself. Source: RFC 9110 §10.1.5. */
export function clientFamily({ headers }: Request): ClientFamily {
  const text = headers.get("User-Agent") ?? "";
  // Not remembered by its beginning: a part of a text keeps all of it in memory.
  if (text.length > mostCharacters) return familyOf(text.slice(0, mostCharacters));
  const found = known.get(text);
  if (found !== undefined) return found;
  const family = familyOf(text);
  if (known.size >= mostKnown) known.clear();
  known.set(text, family);
  return family;
}

/** Returns the family of a program by what it says of itself. */
function familyOf(text: string): ClientFamily {
  if (text.trim() === "") return "none";
  return families.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";
}

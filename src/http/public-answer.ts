/** The longest text of an answer that is looked into. */
const mostTextBytes = 1 << 20;

/** What a service answered to a request that anybody may send. */
export interface PublicAnswer {
  readonly status: number;
  /** Name of the fault; undefined where the answer has none. */
  readonly code: string | undefined;
  /** How the picture was made, as Server-Timing says. */
  readonly strategy: string | undefined;
  readonly bytes: number;
  /** Of a short answer that is JSON. */
  readonly json: unknown;
}

/** What such a request says that it takes. */
export const publicRequestHeaders = { Accept: "application/json, image/*;q=0.9" } as const;

/** Takes an answer to its end, without holding it. Throws what reading its body throws. */
export async function readPublicAnswer(answer: Response): Promise<PublicAnswer> {
  const { headers, status } = answer;
  const isJson = /\bjson\b/.test(headers.get("Content-Type") ?? "");
  const { bytes, text } = await readBody(answer, isJson);
  const json = isJson ? parseJson(text) : undefined;
  const code = (json as { readonly code?: unknown } | undefined)?.code;
  const strategy = /\bstrategy;desc="(\w+)"/.exec(headers.get("Server-Timing") ?? "")?.[1];
  return { status, code: typeof code === "string" ? code : undefined, strategy, bytes, json };
}

/** Says whether somebody who is not known is refused what others may see. */
export function isRefused({ status }: PublicAnswer): boolean {
  return status === 401 || status === 403;
}

async function readBody(answer: Response, isText: boolean): Promise<{ readonly bytes: number; readonly text: string }> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (isText && bytes <= mostTextBytes) text += decoder.decode(chunk, { stream: true });
  }
  return { bytes, text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

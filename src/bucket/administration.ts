/** How long one call may take: some images of which much is kept, and some calls of the platform. */
const callMilliseconds = 120_000;

/** A service, and what who administers it shows. */
export interface AdministeredService {
  readonly url: string;
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** Tells that a service did not do what it was asked: a sentence that says what to do. */
export class AdministrationError extends Error {}

/**
 * Sends an order, as JSON, to the admin API of a service, and returns its answer; without one, asks by GET. Throws
 * AdministrationError, and the signal's reason once it is aborted.
 */
export async function administer(
  { url, secret, signal }: AdministeredService,
  path: string,
  order?: object,
): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`${url}/admin/${path}`, {
      headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json", Accept: "application/json" },
      ...(order === undefined ? {} : { method: "POST", body: JSON.stringify(order) }),
      // A secret goes nowhere but where it was meant to.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(callMilliseconds)]),
    });
    const body = await answer.text();
    if (answer.ok) return JSON.parse(body);
    throw new AdministrationError(refusalOf(url, answer.status, body));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AdministrationError) throw error;
    const { cause } = error as Error;
    throw new AdministrationError(
      `${url} does not answer: ${cause instanceof Error ? cause.message : (error as Error).message}.`,
    );
  }
}

function refusalOf(url: string, status: number, body: string): string {
  if (status === 401) return `${url} does not take the secret. It has to be the ADMIN_SECRET of the service.`;
  if (status === 403) return `${url} lets in only whom Cloudflare Access lets in. Set ADMIN_SECRET too, for commands.`;
  const detail = detailOf(body);
  if (status === 404 && /not administered/.test(detail)) {
    return `${url} is not administered: run "npx wrangler secret put ADMIN_SECRET".`;
  }
  return `${url} answers ${status}: ${detail}`;
}

function detailOf(body: string): string {
  try {
    const problem: { readonly detail?: unknown } = JSON.parse(body);
    return String(problem.detail ?? body.slice(0, 200));
  } catch {
    return body.slice(0, 200).trim();
  }
}

/** How long one call may take: some images of which much is kept, and some calls of the platform. */
const callMilliseconds = 120_000;

/** Faults of a file that are told of a refusal; a service tells all of them in its answer. */
const mostFaults = 20;

/** A service, and what who administers it shows. */
export interface AdministeredService {
  readonly url: string;
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** What is sent to a service as it is. */
export interface SentFile {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** The same each time that this very sending is sent again: the service takes it once. */
  readonly sending: string;
}

/** Tells that a service did not do what it was asked: a sentence that says what to do. */
export class AdministrationError extends Error {
  /** Whether the service is away or busy, so that the same call may do later. */
  readonly isPassing: boolean;

  constructor(message: string, { isPassing = false }: { readonly isPassing?: boolean } = {}) {
    super(message);
    this.isPassing = isPassing;
  }
}

/**
 * Sends an order, as JSON, to the admin API of a service, and returns its answer; without one, asks by GET. Throws
 * AdministrationError, and the signal's reason once it is aborted.
 */
export function administer(service: AdministeredService, path: string, order?: object): Promise<unknown> {
  const sent = order && { mediaType: "application/json", body: JSON.stringify(order) };
  return call(service, path, { sent, read: JSON.parse });
}

/** Sends a file to the admin API of a service, and returns its answer. Throws as `administer` does. */
export function sendFile(service: AdministeredService, path: string, file: SentFile): Promise<unknown> {
  const { bytes, mediaType, sending } = file;
  const sent = { mediaType, body: bytes as Uint8Array<ArrayBuffer>, sending };
  return call(service, path, { sent, read: JSON.parse });
}

/** Asks the admin API of a service for a text. Throws as `administer` does. */
export function askText(service: AdministeredService, path: string): Promise<string> {
  return call(service, path, { sent: undefined, read: (text) => text });
}

async function call<T>(
  { url, secret, signal }: AdministeredService,
  path: string,
  {
    sent,
    read,
  }: {
    readonly sent: { readonly mediaType: string; readonly body: BodyInit; readonly sending?: string } | undefined;
    readonly read: (text: string) => T;
  },
): Promise<T> {
  try {
    const answer = await fetch(`${url}/admin/${path}`, {
      headers: {
        Authorization: `Bearer ${secret}`,
        "Content-Type": sent?.mediaType ?? "application/json",
        Accept: "application/json",
        ...(sent?.sending === undefined ? {} : { "Idempotency-Key": sent.sending }),
      },
      ...(sent === undefined ? {} : { method: "POST", body: sent.body }),
      // A secret goes nowhere but where it was meant to.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(callMilliseconds)]),
    });
    const body = await answer.text();
    if (answer.ok) return read(body);
    throw refusalOf(url, answer.status, body);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AdministrationError) throw error;
    const { cause } = error as Error;
    throw new AdministrationError(
      `${url} does not answer: ${cause instanceof Error ? cause.message : (error as Error).message}.`,
      { isPassing: true },
    );
  }
}

/** Of a gateway that does not reach it, and of a service that is busy. */
const passingStatuses: readonly number[] = [429, 502, 503, 504];

function refusalOf(url: string, status: number, body: string): AdministrationError {
  return new AdministrationError(describeRefusal(url, status, body), { isPassing: passingStatuses.includes(status) });
}

function describeRefusal(url: string, status: number, body: string): string {
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
    const problem: { readonly detail?: unknown; readonly faults?: unknown } = JSON.parse(body);
    const detail = String(problem.detail ?? body.slice(0, 200));
    return Array.isArray(problem.faults) ? [detail, ...faultsOf(problem.faults)].join(" ") : detail;
  } catch {
    return body.slice(0, 200).trim();
  }
}

function faultsOf(faults: readonly { readonly place?: unknown; readonly message?: unknown }[]): readonly string[] {
  const told = faults
    .slice(0, mostFaults)
    .map(({ place, message }) => `${place === undefined ? "" : `${place}: `}${message}.`);
  return faults.length > mostFaults ? [...told, `And ${faults.length - mostFaults} more.`] : told;
}

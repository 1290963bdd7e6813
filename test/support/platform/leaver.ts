// A Worker that calls the service through a binding and leaves before it is answered, or in the middle of the answer:
// the platform cancels the service's request then, as it does where a client disconnects. Loaded with its types stripped.

interface LeaverEnv {
  readonly SERVICE: Fetcher;
}

export default {
  /** `?path=PATH&after=MILLISECONDS`; answers what had come by then. */
  async fetch(request: Request, { SERVICE }: LeaverEnv): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), Number(searchParams.get("after")));
    let byteLength = 0;
    try {
      const answer = await SERVICE.fetch(`http://localhost${searchParams.get("path")}`, { signal: controller.signal });
      for await (const part of answer.body ?? []) byteLength += part.byteLength;
      return new Response(`${answer.status} whole ${byteLength}`);
    } catch {
      return new Response(`left ${byteLength}`);
    }
  },
};

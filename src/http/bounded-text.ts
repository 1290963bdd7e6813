/** Reads an answer of another server as text in UTF-8. Throws RangeError for one above `mostBytes`, and reads no more of it. */
export async function boundedText(response: Response, mostBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let bytes = 0; ; ) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done || value === undefined) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > mostBytes) throw new RangeError(`the answer is longer than ${mostBytes} bytes`);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader?.cancel();
  }
}

/** Returns an answer of another server as one that was read whole. Throws what `boundedText` throws. */
export async function boundedResponse(response: Response, mostBytes: number): Promise<Response> {
  const { status, headers } = response;
  const type = headers.get("Content-Type");
  return new Response(await boundedText(response, mostBytes), {
    status,
    headers: type === null ? {} : { "Content-Type": type },
  });
}

// Stands for the Cache API with nothing in it: every look-up is a miss, what is put is taken and forgotten. It runs in
// the process under test, so that what it costs counts as the Worker's.
export default {
  async fetch(request) {
    if (request.method === "GET") return new Response(null, { status: 504, headers: { "cf-cache-status": "MISS" } });
    if (request.method === "PUT") {
      await request.arrayBuffer();
      return new Response(null, { status: 204 });
    }
    return new Response(null, { status: 404 });
  },
};

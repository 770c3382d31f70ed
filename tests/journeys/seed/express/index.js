// The few words of Express that the walkthrough's code uses, over Node's own server.
import { createServer } from "node:http";

export default function express() {
  const routes = new Map();
  const parsers = new Map();

  async function handle(incoming, outgoing) {
    let text = "";
    for await (const part of incoming) text += part;
    const kind = (incoming.headers["content-type"] || "").split(";")[0];
    const request = { headers: incoming.headers, body: parsers.get(kind)?.(text) };
    const send = (status, type, body) => {
      outgoing.writeHead(status, { "Content-Type": type });
      outgoing.end(body);
    };
    const response = {
      json: (body) => send(200, "application/json; charset=utf-8", JSON.stringify(body)),
      sendStatus: (status) => send(status, "text/plain; charset=utf-8", String(status)),
    };
    const route = routes.get(`${incoming.method} ${incoming.url.split("?")[0]}`);
    if (route) route(request, response);
    else response.sendStatus(404);
  }

  return {
    use: ([kind, parse]) => parsers.set(kind, parse),
    post: (path, route) => routes.set(`POST ${path}`, route),
    listen: (port, ready) => createServer(handle).listen(port, "127.0.0.1", ready),
  };
}

express.urlencoded = () => [
  "application/x-www-form-urlencoded",
  (text) => Object.fromEntries(new URLSearchParams(text)),
];
express.json = () => ["application/json", JSON.parse];

// Runs a PHP program with PHP 8.1 in WebAssembly: one line in, one line out. It has no sockets, so
// what it asks by `post_message_to_js` is fetched here.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { getPHPLoaderModule } from "@php-wasm/node-8-1";
import { PHP, loadPHPRuntime } from "@php-wasm/universal";

const [project, program] = process.argv.slice(2);
const php = new PHP(await loadPHPRuntime(await getPHPLoaderModule(), {}));

function copy(folder, to) {
  php.mkdir(to);
  for (const name of readdirSync(folder)) {
    const from = join(folder, name);
    if (statSync(from).isDirectory()) copy(from, `${to}/${name}`);
    else php.writeFile(`${to}/${name}`, readFileSync(from));
  }
}

// As it is: not decoded, not followed, with no header of its own.
function send({ method, url, headers, body }) {
  return new Promise((done, failed) => {
    const bytes = Buffer.from(body, "base64");
    const sized = bytes.length || method !== "GET" ? { "Content-Length": bytes.length } : {};
    const asked = request(url, { method, headers: { ...headers, ...sized } }, (reply) => {
      const parts = [];
      reply.on("data", (part) => parts.push(part));
      reply.on("error", failed);
      reply.on("end", () => {
        const heard = Buffer.concat(parts).toString("base64");
        done({ status: reply.statusCode, headers: Object.entries(reply.headers), body: heard });
      });
    });
    asked.on("error", failed);
    asked.end(bytes);
  });
}

php.onMessage(async (text) => {
  const wish = JSON.parse(text);
  try {
    return JSON.stringify(await send(wish));
  } catch ({ code, message }) {
    // In the words of PHP's own sockets, which the SDK knows.
    const isShut = ["ECONNREFUSED", "ENOTFOUND"].includes(code);
    return JSON.stringify({ failed: isShut ? "Connection refused" : message });
  }
});

copy(project, "/app");
for await (const line of createInterface({ input: process.stdin })) {
  php.writeFile("/line", `${line}\n`);
  const { text, errors } = await php.run({
    code: `<?php
      define('STDIN', fopen('/line', 'r'));
      define('STDOUT', fopen('php://output', 'w'));
      putenv('WITH_PSR18=1');
      require '/app/${program}';`,
  });
  if (errors) process.stderr.write(errors);
  process.stdout.write(text);
}

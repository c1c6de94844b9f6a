// The least that a server on Node can do, with the answer that the component gives: what nobody who stands on node:http is quicker than.
import { createServer } from "node:http";

const server = createServer((_, response) => {
  response.writeHead(200, ["content-type", "text/plain", "content-length", "14"]);
  response.end("Hello, world!\n");
});
server.listen(Number(process.argv[2]), "127.0.0.1");

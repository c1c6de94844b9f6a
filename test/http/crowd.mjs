// Sends so many requests at once, each on a connection of its own with a body of its own, and prints how many had that body as their
// answer: `node crowd.mjs URL COUNT`. In a process of its own, because a process has only so many connections.
import { request } from "node:http";
import { text } from "node:stream/consumers";

const [, , url, count] = process.argv;

/** @param {string} body @returns {Promise<string>} */
function post(body) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent: false }, (response) => void text(response).then(resolve, reject));
    asked.on("error", reject).end(body);
  });
}

const answers = await Promise.all(Array.from({ length: Number(count) }, (_, at) => post(`body ${at}`)));
console.log(answers.filter((answer, at) => answer === `body ${at}`).length);

// Places orders, and follows each on a socket of its own until the server closes it: a client of the API with what Node has and the
// package `ws`. Prints, as JSON, every order's events by its id, and how many sockets were opened.
//
//     node follow.mjs REST_URL COUNT        ORDER_ENGINE_KEY: the key to show
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";

const PATIENCE_MS = 120_000; // without a word from the server
const TRIES = 30; // sockets for one order
const FINAL = ["confirmed", "failed", "cancelled", "expired"];
const [rest, count] = process.argv.slice(2);

/** What is answered, as JSON. Told "later" (429, 503), it asks again. */
async function post(path, body, headers = {}) {
  const authorization = `Bearer ${process.env.ORDER_ENGINE_KEY}`;
  for (;;) {
    const answer = await fetch(rest + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization, ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) return answer.json();
    if (![429, 503].includes(answer.status)) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    await pause(1000 * Number(answer.headers.get("retry-after") ?? 1));
  }
}

async function place() {
  const order = { type: "market", tokenIn: "SOL", tokenOut: "USDC", amount: "1" };
  return post("/api/orders/execute", order, { "idempotency-key": randomUUID() });
}

/** Adds the events that are not known yet, until the server closes the socket or one is missing. */
async function listen(address, events) {
  const socket = new WebSocket(address);
  const silence = setTimeout(() => socket.terminate(), PATIENCE_MS);
  socket.on("message", (text) => {
    silence.refresh();
    const event = JSON.parse(String(text));
    if (event.seq === events.length + 1) events.push(event); // else it came twice, or one was lost
    else if (event.seq > events.length) socket.close(1000);
  });
  let refused;
  socket.on("unexpected-response", (request, answer) => {
    refused = answer.statusCode;
    request.destroy();
  });
  const code = await new Promise((closed) => socket.on("error", () => {}).on("close", closed));
  clearTimeout(silence);
  if (refused) return pause(1000); // by a gateway that is asked too much
  if (code !== 1000) throw new Error(`${address} was closed with ${code}`);
}

let sockets = 0;

/** All events of an order, each once. */
async function follow({ orderId, ws }) {
  const events = [];
  let address = ws;
  for (let tries = 0; tries < TRIES; tries += 1) {
    sockets += 1;
    await listen(address, events);
    if (FINAL.includes(events.at(-1)?.status)) return [orderId, events];
    const { ticket } = await post("/api/tickets", { orderIds: [orderId] });
    address = `${ws.split("?")[0]}?orderId=${orderId}&after=${events.length}&ticket=${ticket}`;
  }
  throw new Error(`after ${TRIES} sockets this is known of ${orderId}: ${JSON.stringify(events)}`);
}

const lives = Array.from({ length: Number(count) }, async () => follow(await place()));
console.log(JSON.stringify({ orders: Object.fromEntries(await Promise.all(lives)), sockets }));

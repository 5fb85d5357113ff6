// Sells 10 SOL for USDC and follows the order until it is final: `npm start -- http://127.0.0.1:3000 [KEY]`.
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import { WebSocket } from "ws";
import type { components, paths } from "./api.js";

type Update = components["schemas"]["Update"];

const [baseUrl = "http://127.0.0.1:3000", key] = process.argv.slice(2);
const engine = createClient<paths>({ baseUrl, headers: key ? { authorization: `Bearer ${key}` } : {} });

// With an idempotency key the request can be repeated when its answer is lost: the order is the same one.
const { data: accepted, error: problem } = await engine.POST("/api/orders/execute", {
  params: { header: { "Idempotency-Key": randomUUID() } },
  body: { type: "market", tokenIn: "SOL", tokenOut: "USDC", amount: "10", slippageBps: 50 },
});
if (problem) throw new Error(`${problem.code}: ${problem.detail}`);
if (!accepted.ws) throw new Error("this installation has no socket: poll /api/orders/{id}/events");

// The socket tells the whole history, whenever it is opened, and closes after the last event.
let last: Update | undefined;
const socket = new WebSocket(accepted.ws);
socket.on("message", (text) => {
  const message = JSON.parse(String(text)) as Update;
  console.log(message.seq, message.status, told(message));
  last = message;
});
await new Promise((closed) => socket.on("close", closed));
process.exitCode = last?.status === "confirmed" ? 0 : 1;

function told(update: Update): string {
  switch (update.status) {
    case "building":
      // An order that is to be cancelled says so where it stands, and has chosen nothing there.
      return "chosenDex" in update.payload ? `${update.payload.chosenDex}: ${update.payload.reason}` : "to be cancelled";
    case "confirmed":
      return `received ${update.payload.amountOut} at ${update.payload.executedPrice}`;
    case "failed":
      return `${update.payload.code}: ${update.payload.failureReason}`;
    default:
      return "";
  }
}

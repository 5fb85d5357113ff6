// The end of a socket as other programs' libraries see it: each of them is answered, and calls the close a clean one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { promisify } from "node:util";
import WebSocket from "ws";
import { browser, engine, openEngine } from "./fixture.ts";

interface Closed {
  readonly code: number;
  readonly wasClean: boolean;
}

/** For any library with the browser's interface: opens a socket, asks for something, says goodbye, and tells how that went. */
function goodbye(url: string, code: number): Promise<Closed> {
  return new Promise((tell) => {
    const socket = new globalThis.WebSocket(url);
    socket.onopen = () => socket.send(JSON.stringify({ action: "ping" }));
    socket.onmessage = () => socket.close(code, "that was all");
    socket.onclose = ({ code, wasClean }) => tell({ code, wasClean });
  });
}

const CODES = [1000, 3000, 4999];

let url: string;

openEngine({}, async () => {
  url = `${engine.url.replace("http", "ws")}/api/orders/ws`;
});

test("a browser's close is answered", async () => {
  const page = await browser.newPage();
  await page.goto(engine.url);
  for (const code of CODES) {
    const closed = await page.evaluate(`(${goodbye.toString()})(${JSON.stringify(url)}, ${code})`);
    assert.deepEqual(closed, { code, wasClean: true });
  }
  await page.close();
});

test("the close of Node's own client is answered", async () => {
  for (const code of CODES) {
    const source = `(${goodbye.toString()})(${JSON.stringify(url)}, ${code}).then((closed) => console.log(JSON.stringify(closed)))`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--experimental-websocket", "-e", source]);
    assert.deepEqual(JSON.parse(stdout), { code, wasClean: true });
  }
});

test("the close of ws is answered", async () => {
  for (const code of CODES) {
    const socket = new WebSocket(url);
    await once(socket, "open");
    socket.close(code, "that was all");
    const [answered] = (await once(socket, "close")) as [number];
    assert.equal(answered, code); // 1006 without an answer
  }
});

test("a socket that the engine ends is closed cleanly", async () => {
  const socket = new WebSocket(`${url}?orderId=${await engine.place({ amount: "1.7" })}`);
  const [code] = (await once(socket, "close")) as [number];
  assert.equal(code, 1000);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { nextCursor } from "./api.ts";
import { socketAddress } from "./config.ts";

const PAGE = "https://page.example";

test("the next page's cursor is read from the Link header, and only from there", () => {
  assert.equal(nextCursor('</api/orders?limit=50&cursor=a%2Bb>; rel="next"'), "a+b");
  assert.equal(nextCursor("<https://api.example/api/orders?cursor=x>; rel=next"), "x");
  assert.equal(nextCursor('</api/orders?cursor=x>; rel="prev"'), null);
  assert.equal(nextCursor('</api/orders?cursor=x>; rel="prev", </api/orders?cursor=y>; rel="next"'), "y");
  assert.equal(nextCursor(null), null);
});

test("the socket is at the page's origin unless the configuration says otherwise", () => {
  assert.equal(socketAddress({ apiUrl: "", wsUrl: "" }, PAGE, "a", 0), "wss://page.example/api/orders/ws?orderId=a");
  const api = { apiUrl: "http://127.0.0.1:3000", wsUrl: "" };
  assert.equal(socketAddress(api, PAGE, "a", 3), "ws://127.0.0.1:3000/api/orders/ws?orderId=a&after=3");
  const gateway = { apiUrl: "https://api.example", wsUrl: "wss://socket.example/prod" };
  assert.equal(socketAddress(gateway, PAGE, "a", 0), "wss://socket.example/prod?orderId=a");
});

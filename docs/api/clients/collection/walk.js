// In which order the collection asks, and with what: from the top to the bottom, each request can be sent.
// `operation` is the description's operationId; `name` stands in for its summary where an operation comes twice.
// `path` and `query` say what a parameter is, `keeps` which variable an answer's field becomes.

/** A token's address that has no pool: an order for it waits. */
const NOBODYS_MINT = "9n4nbM75f5Ui33ZbPYXn59EwSgE8CGsHtAeTH5YFeJ9E";

export const WALK = [
  { operation: "getMarket" },
  { operation: "listTokens" },
  { operation: "listCandles" },
  { operation: "listLaunches" },
  { operation: "getQuote", query: { slippageBps: "50" } },

  {
    operation: "executeOrder",
    name: "Places a market order",
    body: { type: "market", tokenIn: "SOL", tokenOut: "USDC", amount: "10", slippageBps: 50 },
    keeps: { orderId: "orderId", ws: "ws" },
  },
  { operation: "getOrder", path: { id: "{{orderId}}" } },
  { operation: "listOrderEvents", path: { id: "{{orderId}}" } },
  {
    operation: "executeOrder",
    name: "Places a limit order, far from the market",
    body: { type: "limit", tokenIn: "SOL", tokenOut: "USDC", amount: "1", limitPrice: "100000", timeInForce: "GTD" },
    keeps: { orderId: "openOrderId" },
  },
  { operation: "cancelOrder", path: { id: "{{openOrderId}}" } },
  {
    operation: "executeOrder",
    name: "Places a sniper order, for a token that has no pool yet",
    body: {
      type: "sniper",
      tokenIn: "SOL",
      tokenOut: NOBODYS_MINT,
      amount: "0.5",
      slippageBps: 1000,
      require: ["mint_authority_revoked", "lp_burned"],
    },
    keeps: { orderId: "openOrderId" },
  },
  { operation: "cancelOrders", body: { ids: ["{{openOrderId}}"] } },
  { operation: "listOrders", query: { limit: "10" } },
  { operation: "exportOrders" },
  { operation: "getStats", query: { window: "24h" } },

  { operation: "createTicket", body: { orderIds: ["{{orderId}}"] }, keeps: { ticket: "ticket", ws: "ws" } },
  { operation: "getLimits" },
  {
    operation: "createKey",
    body: { scopes: ["orders:read", "stream"], label: "a key that only reads" },
    keeps: { id: "keyId" },
  },
  { operation: "listKeys" },
  { operation: "revokeKey", path: { id: "{{keyId}}" } },
  { operation: "listAudit", query: { limit: "10" } },

  { operation: "getHealth" },
  { operation: "getLiveness" },
  { operation: "getDescription" },
  { operation: "getDocs" },
];

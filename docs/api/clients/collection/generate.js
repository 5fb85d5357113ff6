// Writes docs/api/collection.json (Postman v2.1, which Bruno, Insomnia and Hoppscotch import, too) out of the
// description and the walk: `npm run generate`. Fails when the two do not fit together.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { WALK } from "./walk.js";

const DESCRIPTION = new URL("../../openapi.json", import.meta.url);
const COLLECTION = process.argv[2] ?? new URL("../../collection.json", import.meta.url);

const api = JSON.parse(await readFile(DESCRIPTION, "utf8"));

const operations = new Map(
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [operation.operationId, { ...operation, path, method }]),
  ),
);
const walked = new Set(WALK.map(({ operation }) => operation));
assert.deepEqual([...walked].sort(), [...operations.keys()].sort(), "the walk has every operation of the description");

const HOW_TO = `${api.info.description}

Set \`baseUrl\`, and \`key\` where keys are asked for. Sent from the top to the bottom each request finds what it needs: an order
that was placed is kept as \`orderId\`, its socket as \`ws\`.

**Follow an order on its socket.** A collection of this format holds requests only, so make a WebSocket request of your own:

1. Send *Places a market order*. The answer's \`ws\`, which the variable \`ws\` keeps, is the address of the socket. Where keys are
asked for there is a ticket in it, which opens sockets for a minute; *${operations.get("createTicket").summary.replace(/\.$/, "")}* makes another.
2. Connect to \`{{ws}}\`. The order's events come in order, from the first one on, whenever you connect; after the last one the engine
closes the socket (1000).
3. To go on after a break connect with \`&after=\` and the last \`seq\` that you have seen.
4. One socket follows more orders: send \`{"action":"subscribe","orderId":"…","after":0}\`, or
\`{"action":"subscribe","all":true}\` for all from now on, \`{"action":"unsubscribe","orderId":"…"}\`, \`{"action":"ping"}\`.

docs/api/asyncapi.yaml describes every message.`;

const VARIABLES = {
  baseUrl: "http://127.0.0.1:3000",
  key: "",
  orderId: "",
  openOrderId: "",
  ws: "",
  ticket: "",
  keyId: "",
};

function requestOf({ operation: id, name, path = {}, query = {}, body, keeps = {} }) {
  const operation = operations.get(id);
  const parameters = operation.parameters ?? [];
  const within = (place) => parameters.filter((parameter) => parameter.in === place);
  for (const given of Object.keys({ ...path, ...query }))
    assert.ok(parameters.some((parameter) => parameter.name === given), `${id} has a parameter ${given}`);
  const segments = operation.path.slice(1).split("/").map((part) => part.replace(/^\{(\w+)\}$/, (_, part) => path[part]));
  const search = within("query").map((parameter) => queryOf(parameter, query[parameter.name]));
  const enabled = search.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
  return {
    name: name ?? withoutStop(operation.summary),
    event: [{ listen: "test", script: { type: "text/javascript", exec: testOf(operation, keeps) } }],
    request: {
      method: operation.method.toUpperCase(),
      header: [
        ...(body ? [{ key: "Content-Type", value: "application/json" }] : []),
        ...within("header").map(({ name, description }) => ({ key: name, value: "{{$guid}}", description })),
      ],
      ...(body ? { body: { mode: "raw", raw: bodyOf(operation, body), options: { raw: { language: "json" } } } } : {}),
      url: {
        raw: `{{baseUrl}}/${segments.join("/")}${enabled.length > 0 ? `?${enabled.join("&")}` : ""}`,
        host: ["{{baseUrl}}"],
        path: segments,
        ...(search.length > 0 ? { query: search } : {}),
      },
      description: operation.description || operation.summary,
    },
  };
}

/** What need not be given is there, switched off. */
function queryOf({ name, description, required, example }, given) {
  const value = given ?? (required ? example : undefined);
  assert.ok(value !== undefined || !required, `${name} has an example, or a value in the walk`);
  return { key: name, value: value ?? "", description, ...(value === undefined ? { disabled: true } : {}) };
}

/** Holds the body against the schema's names: what the API renames, the walk must, too. */
function bodyOf(operation, body) {
  const { required = [], properties } = schemaOf(operation.requestBody.content["application/json"].schema);
  for (const name of required) assert.ok(name in body, `${operation.operationId} needs ${name}`);
  for (const name of Object.keys(body)) assert.ok(name in properties, `${operation.operationId} knows ${name}`);
  return JSON.stringify(body, null, 2);
}

function schemaOf({ $ref, oneOf, ...schema }) {
  if ($ref) return api.components.schemas[$ref.split("/").at(-1)];
  return oneOf ? schemaOf(oneOf.find((one) => one.$ref)) : schema;
}

function testOf({ responses }, keeps) {
  const good = Object.keys(responses).filter((status) => /^2\d\d$/.test(status));
  return [
    `pm.test("is answered with ${good.join(" or ")}", () => pm.expect(pm.response.code).to.be.oneOf([${good.join(", ")}]));`,
    ...Object.entries(keeps).map(
      ([field, variable]) => `pm.collectionVariables.set("${variable}", pm.response.json().${field});`,
    ),
  ];
}

function withoutStop(sentence) {
  return sentence.replace(/\.$/, "");
}

const collection = {
  info: {
    name: api.info.title,
    description: HOW_TO,
    schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
  },
  auth: { type: "bearer", bearer: [{ key: "token", value: "{{key}}", type: "string" }] },
  variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value })),
  item: [...new Set(WALK.map(({ operation }) => operations.get(operation).tags[0]))].map((tag) => ({
    name: tag,
    description: api.tags.find(({ name }) => name === tag).description,
    item: WALK.filter(({ operation }) => operations.get(operation).tags[0] === tag).map(requestOf),
  })),
};

await writeFile(COLLECTION, `${JSON.stringify(collection, null, 2)}\n`);

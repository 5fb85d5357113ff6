// The real engine on a free port with a data folder of its own, and the few things that a test asks of it directly.
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Launch, OrderDetail } from "../src/types.ts";

const BINARY = process.env["ENGINE"] ?? resolve(import.meta.dirname, "../../../target/debug/order-engine");
const STARTS_WITHIN_MS = 120_000; // its first start may have to set up its own PostgreSQL

/** The statuses after which nothing happens any more. */
const FINAL = ["confirmed", "failed", "cancelled", "expired"];

export interface PlacedOrder {
  readonly type?: "market" | "limit" | "sniper";
  readonly tokenIn?: string;
  readonly tokenOut?: string;
  readonly amount?: string;
  readonly slippageBps?: number;
  readonly limitPrice?: string;
  readonly timeInForce?: "GTD" | "IOC";
  readonly minAmountOut?: string;
  readonly clientOrderId?: string;
  readonly minLiquidity?: string;
  readonly maxAgeSlots?: number;
  readonly require?: readonly string[];
  readonly venues?: readonly string[];
}

export class Engine {
  private process: ChildProcess | null = null;
  private log = "";

  private constructor(
    readonly url: string,
    private readonly environment: Record<string, string>,
    private readonly dataDir: string,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<Engine> {
    const port = await freePort();
    const dataDir = await mkdtemp(join(tmpdir(), "dashboard-engine-"));
    // As root, the engine runs PostgreSQL under another account, which must be able to enter.
    await chmod(dataDir, 0o755);
    const engine = new Engine(
      `http://127.0.0.1:${port}`,
      { PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: "warn", ...environment },
      dataDir,
    );
    await engine.restart();
    return engine;
  }

  /** Starts the process on the same port and data. */
  async restart(): Promise<void> {
    this.process = spawn(BINARY, [], {
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout?.on("data", (chunk) => (this.log += chunk));
    this.process.stderr?.on("data", (chunk) => (this.log += chunk));
    await this.untilHealthy();
  }

  /** As a power cut: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async place(order: PlacedOrder = {}): Promise<string> {
    const body = JSON.stringify({ type: "market", tokenIn: "SOL", tokenOut: "USDC", amount: "1", ...order });
    const answer = await fetch(`${this.url}/api/orders/execute`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    assert.equal(answer.status, 202, await answer.clone().text());
    return ((await answer.json()) as { orderId: string }).orderId;
  }

  /** A key, as whoever runs the engine makes one. */
  async makeKey(scopes: string, account = "desk"): Promise<string> {
    const command = ["keys", "create", "--account", account, "--scopes", scopes, "--data-dir", this.dataDir];
    return (await promisify(execFile)(BINARY, command)).stdout.trim();
  }

  async orders(limit = 200): Promise<{ id: string; status: string; amount: string }[]> {
    return (await (await fetch(`${this.url}/api/orders?limit=${limit}`)).json()) as {
      id: string;
      status: string;
      amount: string;
    }[];
  }

  async order(orderId: string): Promise<OrderDetail> {
    return (await (await fetch(`${this.url}/api/orders/${orderId}`)).json()) as OrderDetail;
  }

  /** The newest of the pools that are like this, once there is one. */
  async launch(isLike: (launch: Launch) => boolean): Promise<Launch> {
    return await until(async () => {
      const launches = (await (await fetch(`${this.url}/api/launches`)).json()) as Launch[];
      return launches.find(isLike) ?? null;
    }, 60_000);
  }

  async untilFinal(orderId: string): Promise<string> {
    return await until(async () => {
      const order = (await (await fetch(`${this.url}/api/orders/${orderId}`)).json()) as { status: string };
      return FINAL.includes(order.status) ? order.status : null;
    }, 60_000);
  }

  private async untilHealthy(): Promise<void> {
    await until(async () => {
      assert.equal(this.process?.exitCode ?? null, null, `the engine ended: ${this.log}`);
      const answer = await fetch(`${this.url}/health`).catch(() => null);
      return answer?.ok ? true : null;
    }, STARTS_WITHIN_MS);
  }

  private async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const ending = this.process;
    this.process = null;
    if (!ending || ending.exitCode !== null) return;
    const ended = once(ending, "exit");
    ending.kill(signal);
    await ended;
  }
}

/** Asks until there is an answer: tests wait for an effect, never for a time. */
export async function until<T>(ask: () => Promise<T | null>, withinMs = 20_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    assert.ok(Date.now() < end, `nothing happened within ${withinMs} ms`);
    await pause(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  server.close();
  await once(server, "close");
  return address.port;
}

// Two lights in the header: does the engine answer, and do its events reach this page.
import { type EngineHealth, engineHealth } from "../state/health.ts";
import { streamState } from "../state/live.ts";

const ENGINE: Record<EngineHealth, { tone: string; text: string; title: string }> = {
  checking: { tone: "quiet", text: "Checking", title: "Asking the engine" },
  ok: { tone: "good", text: "Healthy", title: "The engine answers and reaches its database" },
  degraded: { tone: "warn", text: "Degraded", title: "The engine answers but does not reach its database" },
  unreachable: { tone: "bad", text: "Unreachable", title: "The engine does not answer" },
};

const STREAM = {
  idle: { tone: "quiet", text: "Idle", title: "No order on screen is moving" },
  connecting: { tone: "warn", text: "Connecting", title: "Opening the event stream" },
  open: { tone: "good", text: "Open", title: "Events arrive as they happen" },
  waiting: { tone: "bad", text: "Lost", title: "The event stream is lost and will be reopened" },
  refused: { tone: "quiet", text: "Polling", title: "This key opens no event stream: orders are asked for instead" },
};

export function ConnectionState() {
  return (
    <dl class="lights">
      <Light name="Engine" {...ENGINE[engineHealth.value]} />
      <Light name="Stream" {...STREAM[streamState.value.kind]} />
    </dl>
  );
}

function Light({ name, tone, text, title }: { name: string; tone: string; text: string; title: string }) {
  return (
    <div class={`light light-${tone}`} title={title} data-light={name}>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

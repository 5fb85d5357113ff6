import { Notice } from "../components/notice.tsx";

export function UnknownPage() {
  return (
    <div class="card">
      <h1 class="visually-hidden" tabIndex={-1}>
        Not found
      </h1>
      <Notice title="There is no such page">
        <a class="button" href="/">
          Trade
        </a>
      </Notice>
    </div>
  );
}

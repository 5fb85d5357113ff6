import { Notice } from "../components/notice.tsx";

export function UnknownPage() {
  return (
    <div class="card">
      <h1 class="visually-hidden" tabIndex={-1}>
        Not found
      </h1>
      <Notice title="There is no such page">
        <p>The address may be mistyped, or of another version of this page.</p>
        <div class="page-actions">
          <a class="button" href="/">
            Trade
          </a>
          <a class="button" href="/orders">
            Orders
          </a>
        </div>
      </Notice>
    </div>
  );
}

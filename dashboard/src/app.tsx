import { useEffect } from "preact/hooks";
import { ConnectionBanner } from "./components/connection-banner.tsx";
import { Header } from "./components/header.tsx";
import { KeyForm } from "./components/key-form.tsx";
import { ChartsPage } from "./pages/charts.tsx";
import { OrderPage } from "./pages/order.tsx";
import { OrdersPage } from "./pages/orders.tsx";
import { TradePage } from "./pages/trade.tsx";
import { UnknownPage } from "./pages/unknown.tsx";
import { type Route, route } from "./router.ts";
import { access } from "./state/access.ts";

export function App() {
  const current = route.value;
  const isKeyWanted = access.value.kind === "wanted";
  useEffect(() => {
    document.title = `${isKeyWanted ? "Key" : titleOf(current)} · Order engine`;
  }, [current, isKeyWanted]);
  return (
    <>
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <Header />
      <ConnectionBanner />
      <main id="main" tabIndex={-1}>
        {isKeyWanted ? <KeyForm /> : <Page route={current} />}
      </main>
    </>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "trade":
      return <TradePage />;
    case "orders":
      return <OrdersPage search={route.search} />;
    case "order":
      return <OrderPage key={route.id} id={route.id} />;
    case "charts":
      return <ChartsPage />;
    case "unknown":
      return <UnknownPage />;
  }
}

function titleOf(route: Route): string {
  switch (route.page) {
    case "trade":
      return "Trade";
    case "orders":
      return "Orders";
    case "order":
      return `Order ${route.id}`;
    case "charts":
      return "Charts";
    case "unknown":
      return "Not found";
  }
}

import { useSignal } from "@preact/signals";
import { NoAnswer, type OrderFilter, Problem, asSentence, csvAddress, getCsv } from "../api.ts";
import { keyId } from "../state/access.ts";

/** All of these orders as a file. */
export function ExportLink({ filter }: { filter: OrderFilter }) {
  const isAsking = useSignal(false);
  const problem = useSignal<string | null>(null);
  const save = async (event: Event) => {
    if (keyId() === null) return;
    event.preventDefault();
    if (isAsking.value) return;
    isAsking.value = true;
    problem.value = await problemOfSaving(filter);
    isAsking.value = false;
  };
  return (
    <>
      <a class="card-link" href={csvAddress(filter)} download onClick={(event) => void save(event)}>
        {isAsking.value ? "Exporting" : "Export CSV"}
      </a>
      <div class="form-problem" role="alert">
        {problem.value}
      </div>
    </>
  );
}

/** Saves the file; answers why that did not work, if it did not. No link shows a key, so the page fetches it. */
async function problemOfSaving(filter: OrderFilter): Promise<string | null> {
  try {
    const address = URL.createObjectURL(await getCsv(filter));
    const link = document.createElement("a");
    link.href = address;
    link.download = "orders.csv";
    link.click();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    return null;
  } catch (failure) {
    if (failure instanceof Problem || failure instanceof NoAnswer) return asSentence(failure.message);
    throw failure;
  }
}

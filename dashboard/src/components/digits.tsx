/** A written number. A place that is narrower than all of it breaks it between groups of digits, or before its point. */
export function Digits({ text }: { text: string }) {
  const [first, ...others] = text.split(/(?<=,)|(?<=,\d{3})(?=\.)/);
  return (
    <span class="digits">
      {first}
      {others.map((part) => [<wbr />, part])}
    </span>
  );
}

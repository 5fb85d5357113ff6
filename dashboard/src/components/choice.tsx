interface Props<Value extends string> {
  legend: string;
  /** The legend is for the ear alone: the options say it to the eye. */
  hidden?: boolean;
  name: string;
  /** What each value that is offered is called. */
  options: Readonly<Partial<Record<Value, string>>>;
  value: Value;
  onChange: (value: Value) => void;
}

/** One of a few, as radio buttons that look like a row of chips. */
export function Choice<Value extends string>({ legend, hidden = false, name, options, value, onChange }: Props<Value>) {
  return (
    <fieldset class="choice">
      <legend class={hidden ? "visually-hidden" : undefined}>{legend}</legend>
      <div class="choice-row">
        {(Object.keys(options) as Value[]).map((option) => (
          <label key={option} class="chip">
            <input
              type="radio"
              name={name}
              value={option}
              checked={option === value}
              onChange={() => onChange(option)}
            />
            <span>{options[option]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

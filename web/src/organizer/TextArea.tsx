/** What is to be told about something, in several lines. */
export function TextArea({ value, set }: { value: string; set: (value: string) => void }) {
  return (
    <label class="field">
      <span>Description</span>
      <textarea
        class="input"
        rows={5}
        maxLength={4000}
        value={value}
        onInput={(e) => set(e.currentTarget.value)}
      />
    </label>
  );
}

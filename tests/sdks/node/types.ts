// Compiled, never run: the types let through what is right and refuse what is wrong.
import SautikitClient, { constructEvent, sauti, SautikitError, voice, voiceResponse } from "@sautikit/node";

export async function right(): Promise<void> {
  const sautikit = new SautikitClient({ apiKey: "k", baseUrl: "http://127.0.0.1", fetch });
  const placed = await sautikit.calls.create({ from: "+254200000000", to: ["+254712345678"], voiceCallbackUrl: "https://a.example/", idempotencyKey: "k" });
  const text: string = placed.call_id;
  for await (const call of sautikit.calls.list({ direction: "inbound" }, { timeoutMs: 5 })) {
    const cost: number | null = call.cost_minor;
    console.log(text, cost, call.status === "completed");
  }
  const recording = await sautikit.calls.recording(text);
  if (recording.status === "ready") console.log(recording.url);
  else console.log(recording.retry_after_seconds);
  await sautikit.voice.validate(voice().say("a", { language: "sw-KE" }).redirect("/next").hangup().toJSON());
  console.log(voiceResponse(sauti.say({ text: "a" })).actions, constructEvent({ body: "", secret: "" }).kind);
}

export function wrong(sautikit: SautikitClient, problem: SautikitError): void {
  // @ts-expect-error a number to call from is needed
  void sautikit.calls.create({ to: "+254712345678" });
  // @ts-expect-error there is no such direction
  void sautikit.calls.list({ direction: "sideways" });
  // @ts-expect-error there is no such verb
  voice().sing("a");
  // @ts-expect-error a status is a number
  const status: string = problem.status;
  console.log(status);
}

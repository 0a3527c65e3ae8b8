// A signal for ROOST's Coop: the score of a label, from moderate-server.
//
// A package that Coop loads. It was not run: @roostorg/coop-types is needed for that. MODERATE_URL and
// MODERATE_KEY say where the server is.

const server = process.env.MODERATE_URL ?? "http://localhost:8080";

export const manifest = {
  id: "swift-moderation",
  name: "swift-moderation",
  version: "1.0.0",
  description: "Scores of a text moderation model on your own machines.",
};

async function score(text, label) {
  const headers = { "content-type": "application/json" };
  if (process.env.MODERATE_KEY) headers.authorization = `Bearer ${process.env.MODERATE_KEY}`;
  const response = await fetch(`${server}/v1/moderate`, {
    method: "POST", headers, body: JSON.stringify({ text }), signal: AbortSignal.timeout(4000),
  });
  if (!response.ok) throw new Error(`moderate-server answers ${response.status}`);
  return (await response.json()).labels[label].score;
}

export function createSignals() {
  return ["offensive", "hate", "threatening"].map((label) => ({
    id: `swift-moderation-${label}`,
    displayName: `${label} (swift-moderation)`,
    eligibleInputs: ["STRING"],
    async run(input) {
      return { outputType: { scalarType: "NUMBER" }, score: await score(input.value.value, label) };
    },
  }));
}

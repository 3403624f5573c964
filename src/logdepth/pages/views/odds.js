// The softmax of logits, divided by a temperature first.
export function probabilities(logits, temperature = 1) {
  const most = Math.max(...logits), parts = logits.map(logit => Math.exp((logit - most) / temperature)), all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map(part => part / all);
}

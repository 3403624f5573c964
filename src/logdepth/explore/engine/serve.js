// What a worker does: it opens the model that it is sent, and then runs it on one input after the other.
import { openSubject } from "./subject.js";

export function serve(scope) {
  let subject = null;
  scope.addEventListener("message", async ({ data: { page, input, options } }) => {
    if (page) { subject = openSubject(page).then(opened => opened.subject); return; }
    try {
      scope.postMessage({ found: (await subject).run(input, options) });
    } catch (error) {
      scope.postMessage({ error: error.message });
    }
  });
}

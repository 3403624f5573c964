// What a worker does: it opens the model that it is sent, and then does with it what it is asked, one thing after the other.
import { openSubject } from "./subject.js";

export function serve(scope) {
  let subject = null;
  scope.addEventListener("message", async ({ data: { page, does, given } }) => {
    if (page) { subject = openSubject(page).then(opened => opened.subject); return; }
    try {
      scope.postMessage({ found: (await subject)[does](...given) });
    } catch (error) {
      scope.postMessage({ error: error.message });
    }
  });
}

// Large runs in a Web Worker, so that the page stays alive. The worker runs the text of the engine itself.

let source = null;

// engine: the function that holds all modules of the engine, and returns them. Without it everything runs in the page.
export function workFrom(engine) {
  source = `(${engine})().$serve.serve(self);`;
}

// A worker with the model of a page; null where there can be none.
//
// `ask` gives what the model gave, or null: it was stopped, or this place forbids workers after all. What is asked is done in its order.
//   ask("run", input, options), ask("product", place)
export function startWorker(page) {
  const worker = newWorker();
  if (!worker) return null;
  let lost = false;
  const waiting = [], resting = [];  // who waits for an answer, the first one first; who waits for all answers
  const settle = (resolve, found) => { resolve(found); if (!waiting.length) for (const rested of resting.splice(0)) rested(); };
  const leave = () => { while (waiting.length) settle(waiting.shift(), { found: null }); };
  const started = {
    get busy() { return waiting.length > 0; },
    rest: () => new Promise(resolve => { if (waiting.length) resting.push(resolve); else resolve(); }),  // until all that was asked is answered
    async ask(does, ...given) {
      if (lost) return null;
      const { found, error } = await new Promise(resolve => { waiting.push(resolve); worker.postMessage({ does, given }); });
      if (error) throw new Error(error);
      return found;
    },
    stop() { worker.terminate(); leave(); },
  };
  worker.addEventListener("message", ({ data }) => settle(waiting.shift(), data));
  worker.addEventListener("error", () => { lost = true; leave(); });
  worker.postMessage({ page });
  return started;
}

function newWorker() {
  if (!source || typeof Worker === "undefined") return null;
  try {
    return new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  } catch {
    return null;  // a place that forbids workers
  }
}

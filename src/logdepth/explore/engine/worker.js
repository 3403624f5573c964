// Large runs in a Web Worker, so that the page stays alive. The worker runs the text of the engine itself.

let source = null;

// engine: the function that holds all modules of the engine, and returns them. Without it everything runs in the page.
export function workFrom(engine) {
  source = `(${engine})().$serve.serve(self);`;
}

// A worker with the model of a page; null where there can be none.
//
// `run` gives what the model gave, or null: it was stopped, or this place forbids workers after all. One run at a time.
export function startWorker(page) {
  const worker = newWorker();
  if (!worker) return null;
  let settle = () => {}, lost = false;
  const started = {
    busy: false,
    async run(input, options) {
      if (lost) return null;
      started.busy = true;
      const { found, error } = await new Promise(resolve => { settle = resolve; worker.postMessage({ input, options }); });
      started.busy = false;
      if (error) throw new Error(error);
      return found;
    },
    stop() { worker.terminate(); settle({ found: null }); },
  };
  worker.addEventListener("message", ({ data }) => settle(data));
  worker.addEventListener("error", () => { lost = true; settle({ found: null }); });
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

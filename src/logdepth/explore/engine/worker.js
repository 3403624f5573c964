// Large runs in a Web Worker, so that the page stays alive. The worker runs the text of the engine itself.

let source = null;

// engine: the function that holds all modules of the engine, and returns them. Without it everything runs in the page.
export function workFrom(engine) {
  source = `(${engine})().$serve.serve(self);`;
}

// A worker with the model of a page; null where there can be none.
export function startWorker(page) {
  const worker = newWorker();
  if (!worker) return null;
  const started = { busy: false };
  let settle = null;
  worker.postMessage({ page: { ...page, examples: [], checks: [] } });
  worker.addEventListener("message", ({ data }) => settle && settle(data));
  worker.addEventListener("error", ({ message }) => settle && settle({ error: message }));
  started.run = async (input, options) => {
    started.busy = true;
    const answered = new Promise(resolve => { settle = resolve; });
    worker.postMessage({ input, options });
    const { found, error } = await answered;
    started.busy = false;
    if (error) throw new Error(error);
    return found;
  };
  started.stop = () => { worker.terminate(); settle({ found: null }); };
  return started;
}

function newWorker() {
  if (!source || typeof Worker === "undefined") return null;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } catch {
    return null;  // a place that forbids workers
  }
}

// The explorer: what a page has of the engine. Everything else in this folder stands behind it.
//
//   const explorer = await open(page);        // page: the JSON that Python wrote (logdepth/explore/page.py)
//   explorer.title, explorer.parameters       // texts
//   explorer.form                             // what inputs look like, see below
//   explorer.examples                         // [{name, input}]: inputs that come with the page; the first is shown first
//   explorer.refusal(input)                   // "" or, in one sentence, why this input is not taken
//   explorer.size(input)                      // {tokens, scores}: how large its run is
//   await explorer.run(input, {ablate, most}) // run the model; null if a later call overtook this one
//     // ablate: [[step, head], …] heads that add nothing, both from 0; most: tokens that are shown, 64
//     // -> {data, columns, seconds, worker}: `data` is what pages/page.js draws, of the form of logdepth/pages/run.py:
//     //    {causal, labels, shown, blocks, start, steps, noise, word, chain, graph, answer | outputs}
//     //    columns: name -> numbers, what the model was given. A graph's `x`, `y` are those of the input, if it has them.
//     // throws Refused with a sentence for readers
//   await explorer.check()                    // run the reference inputs and compare with what the library computed:
//     // {inputs, numbers, wrong, bits, streams, sentence}: inputs run; numbers of answers compared, and how many differ;
//     // of `streams` residual streams compared how many are equal to the last bit; all of it in one sentence
//
// Inputs are plain JSON, by the kind of the form:
//
//   form.kind "text":    "abca"                            form: {word, most, column, letters}
//   form.kind "numbers": [3, 1, 2]                         form: {word, most, column, low, high}  high null: its length
//   form.kind "graph":   {vertices: ["a", "b"], edges: [[1, 2]], weights: [7] | null, question: [1, 2] | null, x, y}
//                        form: {most, most_edges, directed, weights: highest | null, question: true | false}
//   form.kind "table":   {name: [numbers], …}              form: {word, most, columns: [{name, high, letters, values}]}
//       letters: value t, from 1, is letter t, and 0 is none; values: value v stands for values[v]; else null
//
// A vertex's number is its place in `vertices`, from 1; x and y are places in a frame of width 1, and may be left out.

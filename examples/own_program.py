"""A program of your own, as an exact transformer: how often was this word said before, and what followed it last time?

It writes the model into the folder said-before, which load_model.py runs without logdepth.
"""

from logdepth import Table, compile_program, interpret, read_model, verify_program, write_model

# What every row (a token) does: look at other rows, and compute on what it has read. Row and word 0 mean "none".
table = Table("said before", rows=100, causal=True)
word = table.input("word", high=20)
times = table.count(query=word, key=word, name="times, now included")
table.output("before", table.map(lambda t: t - 1, times, high=99, name="times before"))
row_before = table.map(lambda i: i - 1, table.index, high=99, name="row before")
word_before = table.pull(row_before, word, name="word before")
table.output("next", table.last(key=word_before, query=word, values=word, name="next"))
program = table.program()

# Weights that are exactly right on every table of 1 to 100 rows, or a refusal that says what would do.
model = compile_program(program)
print(model.measured)
verification = verify_program(program, model)
print(f"{verification.instances} tables, {verification.wrong} wrong")

# A folder of safetensors and JSON; `logdepth export said-before --format onnx --out FILE` takes it too.
write_model(model, "said-before")
model = read_model("said-before")

line = "to be or not to be that is the question"
text = line.split()
words = list(dict.fromkeys(text))
columns = {"word": [words.index(each) + 1 for each in text]}
outputs = model.run(columns)
for each, before, following in zip(text, outputs["before"], outputs["next"], strict=True):
    print(f"{each:10}{before} before", f", then: {words[following - 1]}" if following else "", sep="")
assert all((outputs[name] == exact).all() for name, exact in interpret(program, columns).items())

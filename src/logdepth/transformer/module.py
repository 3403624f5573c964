"""A transformer as a torch module: to hook, patch, probe and fine-tune. What it computes is `Transformer`'s formula.

Parameters have the names of a model folder: `positions`, `embeddings.<field>`, `readouts.<output>`,
`blocks.<i>.attention.query|key|value|output`, `blocks.<i>.mlp.into|out`. A block with tied weights is one submodule
that is called once a step, so its hooks see every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from logdepth.arithmetic import undisturbed
from logdepth.numerics.columns import as_array, as_integers
from logdepth.numerics.errors import UsageError
from logdepth.transformer.blocks import Arithmetic, Attention, Block, Mlp, bring, compute, project, weigh
from logdepth.transformer.positions import position_lines
from logdepth.transformer.transformer import Transformer, nearest

AS_TORCH = Arithmetic(torch.matmul)
"""The arithmetic that torch is set to, on any device, with gradients."""


class TransformerModule(nn.Module):
    """The same function as `transformer.run`, differentiable, in the arithmetic that torch is set to.

    It is exact where torch's products are: float32 or float64 as compiled, no autocast, and
    `torch.get_float32_matmul_precision() == "highest"`. `to_transformer` gives the weights back after they changed.
    """

    def __init__(self, transformer: Transformer) -> None:
        super().__init__()
        self.outputs = dict(transformer.outputs)
        self.causal, self.order, self.residual = transformer.causal, transformer.order, transformer.residual
        self.rows, self.formulas = transformer.rows, transformer.formulas
        with undisturbed():
            self.positions = nn.Parameter(transformer.positions.clone())
            self.embeddings = Named(transformer.embeddings)
            self.blocks = nn.ModuleList(BlockModule(block, transformer.causal) for block in transformer.blocks)
            self.readouts = Named(transformer.readouts)

    def forward(
        self, columns: Mapping[str, Tensor | ArrayLike], lengths: Tensor | ArrayLike | None = None
    ) -> dict[str, Tensor]:
        """Every output before it is rounded to an integer, of the shape of the columns, (N,) or (B, N).

        lengths: (B,) rows in use where tables of a batch differ in length; what comes out of the others means nothing.
        Errors: UsageError for other columns, and for entries or numbers of rows that the model does not take.
        """
        taken = self._taken(columns)
        single = all(values.ndim == 1 for values in taken.values())
        tables = {name: torch.atleast_2d(values) for name, values in taken.items()}
        batch, rows = next(iter(tables.values())).shape
        x = position_lines(self.positions, self.formulas, rows + 1).expand(batch, -1, -1)
        start, on_rows = x[:, :1], x[:, 1:]
        for name, values in tables.items():
            on_rows = on_rows + self.embeddings[name][values]
        x = torch.cat([start, on_rows], dim=1)  # (B, N+1, width)
        visible = None if lengths is None else self._visible(lengths, batch, rows)
        for index in self.order:
            x = self.blocks[index](x, visible)
        found = {name: torch.matmul(x[:, 1:], self.readouts[name]) for name in self.outputs}
        return {name: values[0] for name, values in found.items()} if single else found

    @torch.no_grad()
    def answers(
        self, columns: Mapping[str, Tensor | ArrayLike], lengths: Tensor | ArrayLike | None = None
    ) -> dict[str, Tensor]:
        """The outputs as integers, int64; 0 on rows beyond `lengths`. Arguments and errors as for `forward`; and
        UsageError where an output is no number."""
        found = {name: nearest(name, values, self.outputs[name]) for name, values in self(columns, lengths).items()}
        if lengths is None:
            return found
        ends = torch.as_tensor(lengths, device=self.positions.device)[:, None]
        return {
            name: values.masked_fill(torch.arange(values.shape[1], device=values.device) >= ends, 0)
            for name, values in found.items()
        }

    def to_transformer(self) -> Transformer:
        """The weights as they are now, as a value that runs, exports and is written as any other."""
        with undisturbed():
            return Transformer(
                embeddings={name: keep(table) for name, table in self.embeddings.items()},
                positions=keep(self.positions),
                blocks=tuple(block.to_block() for block in self.blocks),  # type: ignore[operator]
                order=self.order,
                readouts={name: keep(vector) for name, vector in self.readouts.items()},
                outputs=self.outputs,
                causal=self.causal,
                residual=self.residual,
                formulas=self.formulas,
            )

    def extra_repr(self) -> str:
        return (
            f"{', '.join(f'{name}: 0..{len(table) - 1}' for name, table in self.embeddings.items())} ->"
            f" {', '.join(f'{name}: 0..{high}' for name, high in self.outputs.items())};"
            f" {self.rows} rows, width {self.positions.shape[1]}, {len(self.order)} steps"
        )

    def _taken(self, columns: Mapping[str, Tensor | ArrayLike]) -> dict[str, Tensor]:
        """The columns as int64 on the module's device, checked."""
        if not isinstance(columns, Mapping) or set(columns) != set(self.embeddings.keys()):
            given = sorted(columns) if isinstance(columns, Mapping) else f"a {type(columns).__name__}"
            raise UsageError(f"the model takes the columns {sorted(self.embeddings.keys())} as a dict, not {given}")
        taken = {name: self._numbers(name, columns[name]) for name in self.embeddings.keys()}  # noqa: SIM118  # no mapping
        shape, most = next(iter(taken.values())).shape, self.rows
        for name, values in taken.items():
            if values.is_floating_point() or values.is_complex():
                raise UsageError(f"the model takes integers, but column {name!r} holds {values.dtype}")
            if values.shape != shape or len(shape) not in (1, 2) or not 1 <= shape[-1] <= most or not shape[0]:
                raise UsageError(
                    f"the model takes columns of one shape and 1..{most} rows, not {name!r} {tuple(values.shape)}"
                )
            low, high = int(values.min()), int(values.max())
            if low < 0 or high >= len(self.embeddings[name]):
                raise UsageError(
                    f"column {name!r} holds {low}..{high}, but the model takes 0..{len(self.embeddings[name]) - 1}"
                )
        return {name: values.to(torch.int64) for name, values in taken.items()}

    def _numbers(self, name: str, values: Any) -> Tensor:
        """A column as a tensor on the module's device."""
        if isinstance(values, str):
            raise UsageError(
                f"the module takes numbers, but column {name!r} is a text; give the number of every letter:"
                " logdepth.programs.encode_texts(columns, model.letters, 'my text')"
            )
        if not isinstance(values, Tensor):
            array = as_array(name, values, "the module")
            values = array if array.dtype.kind in "fc" else as_integers(name, array, "the module")
        return torch.as_tensor(values, device=self.positions.device)

    def _visible(self, lengths: Tensor | ArrayLike, batch: int, rows: int) -> Tensor:
        """Which keys are rows in use, or the start token, (B, 1, 1, N+1)."""
        ends = torch.as_tensor(lengths, device=self.positions.device)
        if ends.shape != (batch,) or ends.is_floating_point() or int(ends.min()) < 1 or int(ends.max()) > rows:
            raise UsageError(f"lengths are {batch} numbers of rows in 1..{rows}, one for every table of the batch")
        return (torch.arange(rows + 1, device=ends.device) <= ends[:, None])[:, None, None, :]


class BlockModule(nn.Module):
    """Attention, then the ReLU layer; either may be absent. Its output is the residual stream, (B, N+1, width)."""

    def __init__(self, block: Block, causal: bool) -> None:
        super().__init__()
        self.residual = block.residual
        self.attention = None if block.attention is None else AttentionModule(block.attention, causal)
        self.mlp = None if block.mlp is None else MlpModule(block.mlp)

    def forward(self, x: Tensor, visible: Tensor | None = None) -> Tensor:
        if self.attention is not None:
            x = x + self.attention(x, visible)
        if self.mlp is not None:
            x = x + self.mlp(x)
        return x

    def to_block(self) -> Block:
        return Block(
            None if self.attention is None else self.attention.weights(keep),
            None if self.mlp is None else Mlp(keep(self.mlp.into), keep(self.mlp.out), self.mlp.statements),
            self.residual,
        )


class AttentionModule(nn.Module):
    """What the heads add to the residual stream. A hook on `pattern` sees, and may replace, the attention weights
    (B, heads, N+1, N+1); one on `mixed` what the heads read, (B, heads, N+1, value width)."""

    def __init__(self, attention: Attention, causal: bool) -> None:
        super().__init__()
        self.causal, self.labels, self.statements = causal, attention.labels, attention.statements
        self.query, self.key = nn.Parameter(attention.query.clone()), nn.Parameter(attention.key.clone())
        self.value, self.output = nn.Parameter(attention.value.clone()), nn.Parameter(attention.output.clone())
        self.pattern, self.mixed = nn.Identity(), nn.Identity()

    def forward(self, x: Tensor, visible: Tensor | None = None) -> Tensor:
        query, key, value = (project(x, weight, AS_TORCH) for weight in (self.query, self.key, self.value))
        pattern = self.pattern(weigh(query, key, 0 if self.causal else None, visible, AS_TORCH))
        return bring(self.mixed(torch.matmul(pattern, value)), self.output, AS_TORCH)

    def weights(self, of: Any) -> Attention:
        return Attention(of(self.query), of(self.key), of(self.value), of(self.output), self.labels, self.statements)

    def extra_repr(self) -> str:
        return "; ".join(self.labels)


class MlpModule(nn.Module):
    """What the ReLU layer adds to the residual stream."""

    def __init__(self, mlp: Mlp) -> None:
        super().__init__()
        self.into, self.out = nn.Parameter(mlp.into.clone()), nn.Parameter(mlp.out.clone())
        self.statements = mlp.statements

    def forward(self, x: Tensor) -> Tensor:
        return compute(x, Mlp(self.into, self.out), AS_TORCH)


class Named(nn.Module):
    """Parameters by names of columns, which may be any text.

    A name that torch does not take for a parameter, with a dot or an attribute's, is written as in a URL.
    """

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self._keys: dict[str, str] = {}
        for name, tensor in tensors.items():
            key = name.replace("%", "%25").replace(".", "%2E")
            if not key or hasattr(self, key):
                key = "%" + "".join(f"{letter:02X}" for letter in key.encode())
            self._keys[name] = key
            self.register_parameter(key, nn.Parameter(tensor.clone()))

    def __getitem__(self, name: str) -> Tensor:
        return self.get_parameter(self._keys[name])

    def keys(self) -> Iterable[str]:
        return self._keys.keys()

    def items(self) -> Iterable[tuple[str, Tensor]]:
        return [(name, self[name]) for name in self._keys]


def keep(weight: Tensor) -> Tensor:
    """A parameter as a plain tensor of its own on the CPU."""
    return weight.detach().cpu().clone()

"""A claim is a frozen value, checked once, ready for JSON."""

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import pytest

from logdepth.numerics.errors import UsageError
from logdepth.theory import Claim

SIX_LAYERS = Claim(
    model="transformer", direction="upper", exactness="exact", sizes={"layers": 6, "heads": 1}, source="a paper"
)


def test_a_claim_does_not_change():
    with pytest.raises(FrozenInstanceError):
        SIX_LAYERS.model = "MPC"  # type: ignore[misc]


def test_a_claim_keeps_its_own_sizes():
    sizes = {"layers": 6}
    claim = replace(SIX_LAYERS, sizes=sizes)
    sizes["layers"] = 7
    assert claim.sizes == {"layers": 6}


def test_equal_claims_are_one_element_of_a_set():
    assert len({SIX_LAYERS, replace(SIX_LAYERS), replace(SIX_LAYERS, source="another paper")}) == 2


def test_json_holds_every_field():
    assert json.loads(json.dumps(SIX_LAYERS.as_json())) == {
        "model": "transformer",
        "direction": "upper",
        "exactness": "exact",
        "sizes": {"layers": 6, "heads": 1},
        "source": "a paper",
        "conditions": [],
        "holds": True,
        "provided": None,
        "conditional_on": None,
        "note": None,
        "leading": {},
        "standing": "exact",
        "silence": [],
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "transfomer"}, "no model 'transfomer'. Did you mean 'transformer'"),
        ({"direction": "sideways"}, "no direction 'sideways'"),
        ({"exactness": "roughly"}, "no exactness 'roughly'"),
        ({"sizes": {"layer": 6}}, "no quantity 'layer'. Did you mean 'layers'"),
        ({"sizes": {"heads × with": 6}}, "no quantity 'with'. Did you mean 'width'"),
        ({"leading": {"depths": 1.0}}, "no quantity 'depths'. Did you mean 'depth'"),
        ({"sizes": {"layers": "O(log n)"}}, "an exact claim holds numbers only; layers is 'O\\(log n\\)'"),
        ({"sizes": {"layers": float("inf")}}, "layers is inf"),
        ({"sizes": {"layers": -1}}, "layers is -1"),
        ({"sizes": {}}, "at least one size and its source"),
        ({"source": ""}, "at least one size and its source"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(UsageError, match=message):
        replace(SIX_LAYERS, **change)


def test_bounds_import_fast_and_without_arrays():
    heavy = "[name for name in ('torch', 'numpy', 'scipy', 'networkx') if name in sys.modules]"
    code = f"import sys, logdepth.theory; print({heavy})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"

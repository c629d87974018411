"""Every format on every kind of trace: well formed, complete, and safe with hostile names."""

from __future__ import annotations

import io
import json
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from gradtrace.tracer.export import EXPORTERS, ExportError, export
from gradtrace.tracer.export.common import writable, xml_text
from gradtrace.tracer.export.dot import quoted
from gradtrace.tracer.export.json import plain
from gradtrace.tracer.export.svg import path_data
from gradtrace.tracer.model import Trace
from gradtrace.tracer.model.handmade_cases import CASES

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = 'a"b\\N</title><script>alert(1)</script>&amp;\n\x00\x1b]\ud800 ]]> {x} \\'


def text_of(trace: Any, format: str, pass_index: int | None = None, **options: Any) -> str:
    stream = io.StringIO()
    export(trace, stream, format, pass_index, **options)
    return stream.getvalue()


def strict_json(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def hostile_trace(name: str = HOSTILE) -> Any:
    """A pass in which every text is ``name`` and numbers are what they should not be."""
    graph = nx.DiGraph()
    texts = dict.fromkeys(("name", "op", "scope", "file", "function", "code_target", "dtype"), name)
    numbers = {"grad_norm": math.nan, "grad_min": -math.inf, "grad_max": np.float32("inf"), "grad_nan": 3, "grad_inf": np.int64(1)}
    common = {"executed": True, "order": 0, "line": 3, "shape": (), "grad_shape": (), **texts, **numbers}
    graph.add_node(1, kind="leaf", variable=9, variable_name=name, **common)
    graph.add_node(2, kind="op", variable=0, variable_name="", **common)
    slot = {"output_nr": 0, "input_nr": 0, "norm": math.inf, "event": 5}
    graph.add_edge(2, 1, slots=[slot, {**slot, "output_nr": 1, "norm": math.nan}], grad_norm=math.inf)
    arrays = SimpleNamespace(
        node=np.array([1, 2]),
        op=[name, name],
        scope=[name, name],
        target=["", name],
        variable_name=[name, ""],
        is_leaf=np.array([True, False]),
        is_root=np.array([False, True]),
        is_placeholder=np.zeros(2, bool),
        src=np.array([1, 1]),
        dst=np.array([0, 0]),
        edge_norm=np.array([math.inf, math.nan]),
    )
    error = SimpleNamespace(type=name, message=name, node=2)
    pass_ = SimpleNamespace(graph=graph, arrays=arrays, label=name, index=0, id=1, roots=(2,), error=error, outcome="raised")
    return SimpleNamespace(passes=[pass_], forward=pass_, problems=[name], level="values", path=None)


@pytest.fixture(params=sorted(CASES))
def trace(request: pytest.FixtureRequest) -> Trace:
    return Trace.from_events(CASES[request.param]())


def choices(trace: Trace) -> list[int | None]:
    return [None, *range(len(trace.passes))]


def test_json_has_every_node_and_edge(trace: Trace) -> None:
    for index in choices(trace):
        document = strict_json(text_of(trace, "json", index))
        pass_ = trace.forward if index is None and not trace.passes else trace.passes[-1 if index is None else index]
        assert document["format"] == "gradtrace-graph"
        assert document["pass"]["label"] == pass_.label
        assert [node["id"] for node in document["nodes"]] == list(pass_.graph)
        assert len(document["edges"]) == len(pass_.arrays.src) == document["summary"]["edges"]
        assert len(document["leaves"]) == int(pass_.arrays.is_leaf.sum())


def test_svg_has_every_box_and_edge(trace: Trace) -> None:
    for index in choices(trace):
        for dark in (False, True):
            root = ET.fromstring(text_of(trace, "svg", index, dark=dark))
            pass_ = trace.forward if not trace.passes else trace.passes[-1 if index is None else index]
            groups = [element.get("class", "") for element in root.iter(f"{SVG}g")]
            assert sum(css.startswith("edge") for css in groups) == len(pass_.arrays.src)
            assert sum(css.startswith("box") for css in groups) >= len(pass_.arrays.node)
            assert all(float(root.get(side, "0")) > 0 for side in ("width", "height"))


def test_graphml_can_be_read_back(trace: Trace) -> None:
    for index in choices(trace):
        graph = nx.parse_graphml(text_of(trace, "graphml", index), node_type=int)
        pass_ = trace.forward if not trace.passes else trace.passes[-1 if index is None else index]
        assert set(graph) == set(pass_.graph)
        assert set(graph.edges) == set(pass_.graph.edges)
        for node, data in graph.nodes(data=True):
            assert data["name"] == pass_.graph.nodes[node]["name"]


def test_dot_is_well_formed(trace: Trace) -> None:
    for index in choices(trace):
        pass_ = trace.forward if not trace.passes else trace.passes[-1 if index is None else index]
        text = text_of(trace, "dot", index)
        check_dot(text)
        assert len(re.findall(r'^  "\d+" -> "\d+" ', text, re.MULTILINE)) == len(pass_.arrays.src)


def check_dot(text: str) -> None:
    """Every string closed, every brace and bracket matched, nothing outside the strings that DOT does not know."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "S", text)
    assert '"' not in bare
    assert "\\" not in bare
    assert bare.count("{") == bare.count("}")
    assert bare.count("[") == bare.count("]")
    assert re.fullmatch(r"[\w\s{}\[\]=,;.>-]*", bare)


def test_hostile_names_stay_names() -> None:
    trace = hostile_trace()
    document = strict_json(text_of(trace, "json"))
    assert document["nodes"][0]["name"].startswith('a"b\\N</title>')
    root = ET.fromstring(text_of(trace, "svg"))
    assert root.find(f".//{SVG}script") is None
    assert any("<script>" in (element.text or "") for element in root.iter(f"{SVG}title"))
    graph = nx.parse_graphml(text_of(trace, "graphml"), node_type=int)
    assert "<script>" in graph.nodes[1]["name"]
    check_dot(text_of(trace, "dot"))


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_hostile_names_reach_the_disk(tmp_path: Path, format: str) -> None:
    target = tmp_path / f"graph.{format}"
    export(hostile_trace(), target, format)
    assert target.read_text(encoding="utf-8")
    export(hostile_trace("\ud800"), str(target), format)
    assert target.read_text(encoding="utf-8")


def test_numbers_that_are_not_finite() -> None:
    document = strict_json(text_of(hostile_trace(), "json"))
    gradient = document["nodes"][0]["gradient"]
    assert (gradient["norm"], gradient["min"], gradient["max"]) == ("NaN", "-Infinity", "Infinity")
    assert gradient["shape"] == []
    assert [edge["norm"] for edge in document["edges"]] == ["Infinity", "NaN"]
    graph = nx.parse_graphml(text_of(hostile_trace(), "graphml"), node_type=int)
    assert "grad_norm" not in graph.nodes[1]
    assert graph.nodes[1]["grad_nan"] == 3
    assert graph.nodes[1]["shape"] == "scalar"


def test_svg_tooltips_say_norm_shape_and_place() -> None:
    trace = Trace.from_events(CASES["product_of_sums"]())
    titles = [element.text or "" for element in ET.fromstring(text_of(trace, "svg")).iter(f"{SVG}title")]
    about_w = [title for title in titles if title.startswith("w (AccumulateGrad)")]
    assert len(about_w) == 2  # a pill beside each use
    assert "gradient norm: 6" in about_w[0]
    assert "scalar" in about_w[0]
    assert any("train.py:" in title for title in titles)


def test_svg_can_collapse_scopes() -> None:
    trace = hostile_trace("scope")
    root = ET.fromstring(text_of(trace, "svg", collapsed=["scope"]))
    assert any((element.text or "") == "scope · 1 op" for element in root.iter(f"{SVG}text"))


def test_svg_marks_broken_and_failed_nodes() -> None:
    def classes(case: str) -> str:
        root = ET.fromstring(text_of(Trace.from_events(CASES[case]()), "svg"))
        return " ".join([element.get("class", "") for element in root.iter(f"{SVG}g")])

    assert "box broken" in classes("nonfinite")
    assert "box failed" in classes("inplace_error")
    assert "box idle" in classes("inplace_error")
    assert "broken" not in classes("product_of_sums")


def test_dot_draws_leaves_roots_and_scopes() -> None:
    text = text_of(hostile_trace("a/b"), "dot")
    assert "subgraph cluster_1" in text
    assert "subgraph cluster_2" in text
    assert '"1" -> "2"' in text  # forwards
    assert 'fillcolor="#fff3df"' in text
    assert 'fillcolor="#ffe7ec"' in text


def test_deep_scopes_do_not_recurse() -> None:
    text = text_of(hostile_trace("/".join(["s"] * 2000)), "dot")
    check_dot(text)
    assert text.count("subgraph") == 2000


def test_unknown_formats_and_passes_are_refused() -> None:
    trace = Trace.from_events(CASES["two_steps"]())
    with pytest.raises(ExportError, match="json, dot, graphml, svg"):
        export(trace, io.StringIO(), "pdf")
    with pytest.raises(ExportError, match="there is no pass 2; the trace has passes 0 to 1"):
        export(trace, io.StringIO(), "json", 2)
    with pytest.raises(ExportError, match="no backward pass at all"):
        export(Trace.from_events(CASES["no_backward"]()), io.StringIO(), "json", 0)
    assert text_of(trace, "json", -1) == text_of(trace, "json", 1) == text_of(trace, "json")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"cannot write .*missing"):
        export(Trace.from_events(CASES["no_events"]()), tmp_path / "missing" / "graph.json", "json")


def test_streams_stay_open() -> None:
    stream = io.StringIO()
    export(Trace.from_events(CASES["no_events"]()), stream, "dot")
    assert not stream.closed


def test_texts_are_escaped() -> None:
    assert quoted('say "hi"\\n\r\nnext') == '"say \\"hi\\"\\\\n\\nnext"'
    assert xml_text("<a b='c'>\n&\x07") == "&lt;a b=&apos;c&apos;&gt; &amp;\ufffd"
    assert writable("tab\tand\nline stay") == "tab\tand\nline stay"


def test_plain_unpacks_numpy() -> None:
    value = {"a": np.arange(2), 3: (np.float64("nan"), np.bool_(True), None), "path": Path("x")}
    assert plain(value) == {"a": [0, 1], "3": ["NaN", True, None], "path": "x"}


def test_path_data_rounds_corners_and_bends_oblique_pieces() -> None:
    assert path_data(np.array([[0.0, 0.0], [0.0, 10.0]])) == "M0 0L0 10"
    assert path_data(np.array([[0.0, 0.0], [20.0, 10.0]])) == "M0 0C0 5 20 5 20 10"
    assert path_data(np.array([[0.0, 0.0], [0.0, 20.0], [40.0, 20.0]])) == "M0 0L0 13Q0 20 7 20L40 20"
